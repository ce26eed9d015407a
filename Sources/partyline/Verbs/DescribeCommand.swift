import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline describe [NAME]`: what the daemon understands and says.
struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Show the requests, events, roles and errors of the daemon.",
        discussion: """
            partyline describe subscribe
            partyline describe contact::connected --json
            """)

    @Argument(help: "A request, an event, a role or an error's code; nothing for all of them in short.")
    var name: String?
    @OptionGroup var options: SocketOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let answer = try options.withConnection { try $0.request("describe") }
        guard let name else {
            if json { return Console.out(answer.text) }
            return Vocabulary(answer).lines(.standardOutput).forEach { Console.out($0) }
        }
        let entries = Vocabulary(answer).entries(named: name)
        guard !entries.isEmpty else { throw Self.unknown(name, Vocabulary(answer)) }
        entries.forEach { Console.out(json ? $0.text : $0.prettyText) }
    }

    static func unknown(_ name: String, _ vocabulary: Vocabulary) -> CommandFailure {
        let near = vocabulary.names(like: name).prefix(3).map { "partyline describe \($0)" }
        return CommandFailure(
            status: .failure, message: "this partylined has no \"\(name)\"",
            next: near + ["partyline describe   lists all there is"])
    }
}
