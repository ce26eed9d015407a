import AgentModel
public import ArgumentParser
import ConnectStreams
public import StreamsProtocol

/// `partyline sync`: waits for a snapshot that was asked for just now, and prints the clock behind it.
struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Wait until the daemon has seen the agent as it is now; print the clock.",
        discussion: """
            Everything that was done before is in what `partyline get` shows afterwards, and the clock is good for \
            --since: clock=$(partyline sync)
            """)

    @Option(help: ArgumentHelp("How long to wait.", valueName: "seconds")) var timeout = 15.0
    @OptionGroup var options: SocketOptions
    @Flag(help: "Print the daemon's answer: {clock, asOf, ageMs}.") var json = false

    func validate() throws {
        guard timeout > 0, timeout <= 600 else { throw ValidationError("--timeout takes seconds, up to 600") }
    }

    func run() throws {
        let deadline = max(1, Int(timeout * 1000))
        let answer = try options.withConnection {
            try $0.request("sync", ["deadlineMs": .int(deadline)], timeout: .milliseconds(deadline + 2000))
        }
        Console.out(json ? answer.text : answer["clock"]?.string ?? answer.text)
    }
}

/// `partyline reload`: the daemon reads its configuration again. A bad one changes nothing, and is said.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Have the daemon read its configuration again.")

    @OptionGroup var options: SocketOptions
    @Flag(help: "Print the daemon's answer as JSON.") var json = false

    func run() throws {
        let answer = try options.withConnection { try $0.request("reload", timeout: .seconds(30)) }
        json ? Console.out(answer.text) : Self.lines(answer).forEach { Console.out($0) }
    }

    /// What has changed, what waits for a restart, and what is hardly meant.
    static func lines(_ answer: JSON) -> [String] {
        let applied = texts(answer["applied"])
        let pending = texts(answer["needRestart"])
        var lines = applied.isEmpty ? [] : ["in force now: \(applied.joined(separator: ", "))"]
        if !pending.isEmpty { lines.append("after a restart: \(pending.joined(separator: ", "))") }
        if lines.isEmpty { lines.append("the configuration was read again; nothing has changed") }
        return lines + texts(answer["warnings"]).map { "warning: \($0)" }
    }

    private static func texts(_ list: JSON?) -> [String] { (list?.array ?? []).compactMap(\.string) }
}

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

/// `partyline socket-path`: where the daemon's socket is, for scripts.
struct SocketPathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "socket-path", abstract: "Print the path of the daemon's socket.")

    @OptionGroup var options: SocketOptions

    func run() throws { Console.out(try options.path()) }
}
