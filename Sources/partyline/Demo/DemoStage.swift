import AgentModel
import FoundationEssentials
import Glibc
import StreamsProtocol

/// The demo's folder, closed to other users. The user's own set-up is not touched.
struct DemoStage {
    let folder: String

    var socket: String { "\(folder)/partyline.sock" }
    var authority: String { "\(folder)/ca.pem" }
    var cookies: String { "\(folder)/cookies.txt" }
    /// Empty, so that the daemon finds no configuration but what the demo gives it.
    var configuration: String { "\(folder)/config" }

    /// Makes the folder, readable for its owner alone from the start.
    init() throws {
        let parent = Variables.value("XDG_RUNTIME_DIR") ?? "/tmp"
        guard let folder = Self.make(in: parent) ?? Self.make(in: "/tmp") else {
            throw CommandFailure(
                status: .failure, message: "cannot make a folder in \(parent) or /tmp", next: ["df -h \(parent) /tmp"])
        }
        self.folder = folder
        mkdir(configuration, 0o700)
    }

    func output(_ program: String) -> String { "\(folder)/\(program).out" }
    func log(_ program: String) -> String { "\(folder)/\(program).log" }

    /// The last lines that a program wrote to its standard error.
    func lastLines(_ program: String, _ count: Int = 12) -> [String] {
        SmallFile.text(log(program)).split(separator: "\n").suffix(count).map(String.init)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    private static func make(in parent: String) -> String? {
        var template = Array("\(parent)/partyline-demo.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The one line that connect-simulator prints when it can be spoken to.
struct SimulatorReady: Equatable {
    let base: String
    let control: String?

    /// Reads the first line of its output; nil as long as there is no whole line.
    static func read(_ output: String) throws -> SimulatorReady? {
        guard let end = output.firstIndex(of: "\n") else { return nil }
        let line = try? JSON(parsing: String(output[..<end]))
        guard let base = line?["base"]?.string else {
            throw CommandFailure(
                status: .failure, message: "connect-simulator said something else than where it is: \(output[..<end])",
                next: ["swift build   so that all programs are of one version"])
        }
        return SimulatorReady(base: base, control: line?["control"]?.string)
    }
}
