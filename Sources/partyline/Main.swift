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
    private static let names = PartylineCommand.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        .compactMap { $0.configuration.commandName }

    /// Throws if the verb, or that of `help`, does not exist. The parser would print the help of all verbs, with status 0.
    static func check(_ arguments: [String]) throws(CommandFailure) {
        guard let verb = arguments.first(where: { $0 != "help" && $0 != "--" }), !verb.hasPrefix("-"), !isKnown(verb)
        else { return }
        let near = NearestWord.of(verb, among: names)
        throw CommandFailure(
            status: .usage, message: "there is no verb \"\(Text.cut(verb, 40))\"",
            next: (near.map { ["partyline \($0)"] } ?? []) + ["partyline help"])
    }

    private static func isKnown(_ verb: String) -> Bool {
        PartylineCommand.configuration.subcommands.contains { $0.configuration.commandName == verb }
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
            GetCommand.self, CallCommand.self, SyncCommand.self, BroadcastCommand.self, SubscribeCommand.self,
            DescribeCommand.self, LoginCommand.self, LogoutCommand.self, ReloadCommand.self, LogsCommand.self,
            LogLevelCommand.self, DemoCommand.self,
            SocketPathCommand.self, VersionCommand.self, DemoChildCommand.self,
        ])
}
