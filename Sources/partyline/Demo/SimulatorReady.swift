import AgentModel
import StreamsProtocol

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
