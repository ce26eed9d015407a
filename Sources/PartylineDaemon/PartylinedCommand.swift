// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser
import ConduitCore
import FoundationEssentials
import Glibc
import StreamsProtocol

public struct PartylinedCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "partylined",
        abstract: "Holds one Amazon Connect agent's session and shares it over a Unix socket.",
        discussion: """
            The configuration is read from --config, else with --instance NAME from /etc/partyline/NAME.yaml, else from
            $XDG_CONFIG_HOME/partyline/partyline.yaml; each key may also be given as an environment variable
            (PARTYLINE_…) or with --set. To try it without an AWS account: partyline demo
            """,
        version: Partyline.version)

    @Option(help: "The configuration file.") var config: String?
    @Option(help: "The path of the socket.") var socket: String?
    @Option(help: "The name of a system instance: /etc/partyline/NAME.yaml and /run/partyline/NAME.sock.")
    var instance: String?
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Set one key of the configuration; repeatable.", valueName: "key=value"))
    var settings: [String] = []
    @Flag(help: "Check the configuration, print its problems, and exit.") var checkConfig = false
    @Flag(help: "Print the configuration file with every key and its default, and exit.") var defaultConfig = false
    @Flag(help: "Print the JSON Schema of every line on the socket, and exit.") var protocolSchema = false

    /// ArgumentParser requires it.
    public init() {}

    /// Rejects instance names that would lead out of their folder.
    public func validate() throws {
        guard let instance else { return }
        let isName =
            !instance.isEmpty && !instance.hasPrefix(".")
            && instance.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.@".contains($0)) }
        guard isName else {
            throw ValidationError("--instance takes a name of letters, digits, - _ . and @, not \"\(instance)\"")
        }
    }

    /// Runs the daemon until SIGTERM or SIGINT.
    public func run() async throws {
        if defaultConfig { return print(DefaultConfiguration.text, terminator: "") }
        if protocolSchema { return print(ProtocolSchema.text, terminator: "") }
        let configuration = try await DaemonConfiguration.load(flags, environment: ProcessInfo.processInfo.environment)
        if checkConfig {
            for warning in try configuration.checkCookieFile() { Self.printError("partylined: warning: \(warning)") }
            return print("the configuration is good: \(configuration.file ?? "no file, defaults")")
        }
        try await Daemon(configuration).run()
    }

    private var flags: DaemonConfiguration.Flags {
        DaemonConfiguration.Flags(file: config, socket: socket, instance: instance, settings: settings)
    }

    /// Runs the command. Exit codes: 1 for a failure, 2 for an invalid command line.
    public static func runAndExit() async -> Never {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            Glibc.exit(0)
        } catch {
            let code = exitCode(for: error)
            if code == .success || code == .validationFailure {
                let text = fullMessage(for: error)
                code == .success ? print(text) : printError(text)
                Glibc.exit(code == .success ? 0 : 2)
            }
            printError("partylined: \(error)")
            Glibc.exit(1)
        }
    }

    private static func printError(_ text: String) {
        // The error is lost, rather than never exiting, if standard error is a full pipe.
        var pipe = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard poll(&pipe, 1, 200) == 1 else { return }
        var bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, &bytes, bytes.count)
    }
}
