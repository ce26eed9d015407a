// SPDX-License-Identifier: Apache-2.0
import AgentModel
public import ArgumentParser
import ConnectStreams
public import StreamsProtocol

/// `partyline sync`: waits for a new snapshot and prints the clock after it.
struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Wait until the daemon has the current state of the agent; print the clock.",
        discussion: """
            Afterwards `partyline get` shows the effect of everything that was done before, and the clock can be given to \
            --since: clock=$(partyline sync)
            """)

    @Option(parsing: .unconditional, help: ArgumentHelp("How long to wait.", valueName: "seconds")) var timeout = 15.0
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        guard timeout > 0, timeout <= 600 else { throw ValidationError("--timeout takes seconds, up to 600") }
    }

    func run() throws {
        let deadline = max(1, Int(timeout * 1000))
        let answer = try options.withConnection {
            try $0.request("sync", ["deadlineMs": .int(deadline)], timeout: .milliseconds(deadline + 2000))
        }
        Console.out(format.isJSON ? answer.text : answer["clock"]?.string ?? answer.text)
    }
}

/// `partyline reload`: makes the daemon read its configuration again. An invalid one changes nothing; its mistake is
/// printed.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Make the daemon read its configuration again.")

    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func run() throws {
        let answer = try options.withConnection { try $0.request("reload", timeout: .seconds(30)) }
        format.isJSON ? Console.out(answer.text) : Self.lines(answer).forEach { Console.out($0) }
    }

    /// The settings that changed, the settings that need a restart, and the warnings.
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

/// `partyline log-level LEVEL`: sets the daemon's log level until it restarts.
struct LogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level", abstract: "Set the log level of the daemon.",
        discussion: "It lasts until the daemon restarts; log.level in its configuration is permanent.")

    @Argument(help: "debug, info, warning or error.") var level: LogLevel
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func run() throws {
        let answer = try options.withConnection {
            try $0.request("setLogLevel", ["level": .string(level.rawValue)])
        }
        if format.isJSON { return Console.out(answer.text) }
        let before = answer["before"]?.string.map { " (it was \($0))" } ?? ""
        Console.out("the log level is \(answer["level"]?.string ?? level.rawValue)\(before)")
    }
}

/// `partyline version`: prints this program's version, and the daemon's if it runs. A daemon that does not run is not
/// an error.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version of this command, and of the daemon if it runs.")

    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func run() throws {
        let welcome = try? LineConnection(path: try options.path(), timeout: .seconds(2)).welcome(timeout: .seconds(2))
        Self.lines(welcome, asJSON: format.isJSON).forEach { Console.out($0) }
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

/// `partyline socket-path`: prints the path of the daemon's socket, for scripts.
struct SocketPathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "socket-path", abstract: "Print the path of the daemon's socket.")

    @OptionGroup var options: SocketOptions

    func run() throws { Console.out(try options.path()) }
}
