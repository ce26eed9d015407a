// SPDX-License-Identifier: Apache-2.0
import AgentModel
import FoundationEssentials
import Glibc
import StreamsProtocol

/// The demo's temporary folder, closed to other users. The demo does not touch the user's own configuration.
struct DemoStage {
    let folder: String

    var socket: String { "\(folder)/partyline.sock" }
    var authority: String { "\(folder)/ca.pem" }
    var cookies: String { "\(folder)/cookies.txt" }
    /// An empty folder: the daemon must not find the user's configuration.
    var configuration: String { "\(folder)/config" }

    /// Creates the folder. It is never accessible to other users.
    init() throws {
        let parent = Variables.value("XDG_RUNTIME_DIR") ?? "/tmp"
        guard let folder = Self.make(in: parent) ?? Self.make(in: "/tmp") else {
            throw CommandFailure(
                status: .failure, message: "cannot create a folder in \(parent) or /tmp", next: ["df -h \(parent) /tmp"]
            )
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

/// The line that connect-simulator prints when it accepts connections.
struct SimulatorReady: Equatable {
    let base: String
    let control: String?

    /// Parses the first line of the output; nil until that line is complete.
    static func read(_ output: String) throws -> SimulatorReady? {
        guard let end = output.firstIndex(of: "\n") else { return nil }
        let line = try? JSON(parsing: String(output[..<end]))
        guard let base = line?["base"]?.string else {
            throw CommandFailure(
                status: .failure, message: "connect-simulator did not print its address: \(output[..<end])",
                next: ["swift build   builds all programs in one version"])
        }
        return SimulatorReady(base: base, control: line?["control"]?.string)
    }
}
