import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline get PATH`: one value of the agent, without a JSON parser.
struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print the agent, or one value of it.",
        discussion: """
            partyline get snapshot.state.name
            partyline get snapshot.contacts.0.contactId
            partyline get configuration.routingProfile --json
            """)

    @Argument(help: "Names and positions, with dots between them; nothing for the whole agent.") var path: String?
    @OptionGroup var options: SocketOptions
    @Flag(help: "Print JSON, also for a text.") var json = false

    func run() throws {
        let answer = try options.withConnection { try $0.request("getAgent") }
        do throws(AgentPath.Failure) {
            let value = try AgentPath(path ?? "").value(in: answer["agent"] ?? .null)
            Console.out(Self.text(value, asJSON: json, isTerminal: Console.isTerminal))
        } catch {
            throw CommandFailure(status: .failure, message: "\(error)", next: ["partyline get \(error.known)"])
        }
    }

    /// A text, number or truth value stands alone; anything else is JSON, and for people it is laid out.
    static func text(_ value: JSON, asJSON: Bool, isTerminal: Bool) -> String {
        if !asJSON, let text = value.string { return isTerminal ? Text.printable(text) : text }
        return isTerminal && !asJSON ? value.prettyText : value.text
    }
}
