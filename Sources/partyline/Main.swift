// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import StreamsProtocol

/// Parses and runs the command, and turns a thrown error into text and an exit status.
///
/// It runs on the main thread because verbs block: the concurrency pool may have only one thread.
@main
enum Main {
    @MainActor static func main() async {
        Console.fillClosedStreams()
        do {
            let arguments = GlobalOptions.rearranged(Array(CommandLine.arguments.dropFirst()))
            try Verbs.check(arguments)
            var command = try PartylineCommand.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(report(error).rawValue)
        }
    }

    private static func report(_ error: any Error) -> ExitCode {
        if let failure = error as? CommandFailure {
            failure.lines().forEach { Console.error($0) }
            return ExitCode(failure.status.rawValue)
        }
        let message = PartylineCommand.fullMessage(for: error)
        let code = exitCode(PartylineCommand.exitCode(for: error))
        if !message.isEmpty { code.isSuccess ? Console.out(message) : Console.error(message) }
        return code
    }

    /// The parser returns 64 for a wrong command line (sysexits.h); our documentation promises 2.
    static func exitCode(_ code: ExitCode) -> ExitCode {
        code == .validationFailure ? ExitCode(CommandStatus.usage.rawValue) : code
    }
}

enum Verbs {
    /// Throws if a verb, or that of `help`, does not exist. The parser would print the help of all verbs, with status 0.
    static func check(_ arguments: [String]) throws(CommandFailure) {
        let words = arguments.drop { $0 == "help" || $0 == "--" }
        guard let verb = words.first, !verb.hasPrefix("-") else { return }
        let group = try find(verb, in: PartylineCommand.self, "partyline")
        guard !group.configuration.subcommands.isEmpty, let inner = words.dropFirst().first, !inner.hasPrefix("-")
        else {
            return
        }
        _ = try find(inner, in: group, "partyline \(verb)")
    }

    /// True for a verb that has verbs of its own, such as `contact`.
    static func isGroup(_ verb: String) -> Bool {
        PartylineCommand.configuration.subcommands.contains {
            $0.configuration.commandName == verb && !$0.configuration.subcommands.isEmpty
        }
    }

    private static func find(
        _ verb: String, in group: any ParsableCommand.Type, _ prefix: String
    ) throws(CommandFailure) -> any ParsableCommand.Type {
        let verbs = group.configuration.subcommands
        if let found = verbs.first(where: { $0.configuration.commandName == verb }) { return found }
        let shown = verbs.filter { $0.configuration.shouldDisplay }.compactMap { $0.configuration.commandName }
        let words = prefix.split(separator: " ").dropFirst() + [Substring(Text.cut(verb, 40))]
        let help = ["partyline", "help"] + prefix.split(separator: " ").dropFirst()
        throw CommandFailure(
            status: .usage, message: "there is no verb \"\(words.joined(separator: " "))\"",
            next: (NearestWord.of(verb, among: shown).map { ["\(prefix) \($0)"] } ?? []) + [help.joined(separator: " ")]
        )
    }
}

struct PartylineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partyline",
        abstract: "Talk to partylined, which holds this machine's Amazon Connect session.",
        discussion: """
            --socket PATH and --instance NAME may come before or after the verb. Every verb that prints data takes \
            --json. `partyline demo` works without an Amazon Connect instance.

            Exit status: 0 ok, 1 error, 2 usage, 3 daemon not running, 4 not permitted, 5 not signed in, 6 timeout, \
            7 conflict.
            """,
        version: Partyline.version,
        subcommands: [
            StatusCommand.self, DoctorCommand.self, WatchCommand.self, WaitCommand.self, HookCommand.self,
            AgentCommand.self, ContactCommand.self, DialCommand.self, QuickConnectsCommand.self, SettingsCommand.self,
            HistoryCommand.self, WhyCommand.self, VoiceIDCommand.self,
            GetCommand.self, CallCommand.self, SyncCommand.self, BroadcastCommand.self, SubscribeCommand.self,
            DescribeCommand.self, LoginCommand.self, LogoutCommand.self, ReloadCommand.self, LogsCommand.self,
            LogLevelCommand.self, DemoCommand.self,
            SocketPathCommand.self, VersionCommand.self, DemoChildCommand.self,
        ])
}
