import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline version`: this program's, and the daemon's if it runs. A daemon that is away is no error here.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version of this command, and of the daemon if it runs.")

    @OptionGroup var options: SocketOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        let welcome = try? LineConnection(path: try options.path(), timeout: .seconds(2)).welcome(timeout: .seconds(2))
        Self.lines(welcome, asJSON: json).forEach { Console.out($0) }
    }

    static func lines(_ welcome: Welcome?, asJSON: Bool) -> [String] {
        if asJSON {
            let versions: JSON = [
                "partyline": .string(Partyline.version), "protocol": .int(Partyline.protocolVersion),
                "partylined": welcome?.daemonVersion.map { .string($0) } ?? .null,
            ]
            return [versions.text]
        }
        let daemon = welcome.map { "partylined \($0.daemonVersion ?? "of unknown version")" }
        return ["partyline \(Partyline.version)", daemon ?? "partylined is not running"]
    }
}
