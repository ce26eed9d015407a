import ArgumentParser
import StreamsProtocol

/// The command; its verbs do everything.
struct PartylineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partyline",
        abstract: "Talk to partylined, which holds this machine's Amazon Connect session.",
        discussion: """
            --socket PATH and --instance NAME may stand before or after the verb. Every verb that prints data takes \
            --json. `partyline demo` shows it all without an Amazon Connect instance.

            Exit status: 0 ok, 1 error, 2 usage, 3 daemon not running, 4 not permitted, 5 not signed in, 6 timeout, \
            7 conflict.
            """,
        version: Partyline.version,
        subcommands: [
            StatusCommand.self, DoctorCommand.self, WatchCommand.self, WaitCommand.self, HookCommand.self,
            GetCommand.self, CallCommand.self, SyncCommand.self, DescribeCommand.self, ReloadCommand.self,
            LogLevelCommand.self, DemoCommand.self,
            SocketPathCommand.self, VersionCommand.self, DemoChildCommand.self,
        ])
}
