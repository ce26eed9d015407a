import AgentModel
public import ArgumentParser
import ConnectStreams
public import StreamsProtocol

extension LogLevel: ExpressibleByArgument {}

/// `partyline log-level LEVEL`: how much the daemon writes to its log, until it is restarted.
struct LogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level", abstract: "Set the least level that the daemon writes to its log.",
        discussion: "It holds until the daemon is restarted; log.level in its configuration is for longer.")

    @Argument(help: "debug, info, warning or error.") var level: LogLevel
    @OptionGroup var options: SocketOptions
    @Flag(help: "Print the daemon's answer as JSON.") var json = false

    func run() throws {
        let answer = try options.withConnection {
            try $0.request("setLogLevel", ["level": .string(level.rawValue)])
        }
        if json { return Console.out(answer.text) }
        let before = answer["before"]?.string.map { " (it was \($0))" } ?? ""
        Console.out("the log's level is \(answer["level"]?.string ?? level.rawValue)\(before)")
    }
}
