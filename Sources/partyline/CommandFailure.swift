/// An error as the reader gets it: what is the matter, and what to type next.
struct CommandFailure: Error, Equatable {
    let status: CommandStatus
    let message: String
    /// Commands, the best one first; what follows three spaces explains it.
    var next: [String] = []

    /// The lines for standard error; `shown` is how a suggested command has to be typed here.
    func lines(_ shown: (String) -> String = CommandName.here) -> [String] {
        let commands = next.enumerated().map { ($0.offset == 0 ? "  next: " : "    or: ") + shown($0.element) }
        // What the service says may be a customer's words.
        return (["partyline: \(message)"] + commands).map { Text.printable($0) }
    }
}
