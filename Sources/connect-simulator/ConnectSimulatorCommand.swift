// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import ConnectSimulator
import FoundationEssentials
import Logging

@main
struct ConnectSimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect-simulator",
        abstract: "A simulated Amazon Connect instance with one agent.",
        discussion: """
            Prints one line of JSON on standard output when it is ready: base, endpoint, authorize, websocket,
            control, login, ca. GET <control>/help lists the calls of the control API. Stops on SIGTERM or SIGINT.
            """,
        version: simulatorVersion)

    @Option(help: "Loopback address to listen on, and the host in the URLs.")
    var host = "127.0.0.1"

    @Option(help: "Port of the service (HTTP); 0 picks a free one.")
    var port = 0

    @Option(help: "Port of the websocket; 0 picks a free one.")
    var websocketPort = 0

    @Option(help: "Port of the control API; 0 picks a free one.")
    var controlPort = 0

    @Flag(help: "Use HTTPS and WSS, with a certificate authority generated for this run.")
    var tls = false

    @Option(help: "Write the authority's certificate (PEM) to this file.")
    var caOut: String?

    @Option(help: "YAML file that describes the instance, like Config/simulator/simulator.yaml.")
    var config: String?

    @Option(help: "YAML file with steps to play, like Config/simulator/busy-day.yaml; or `demo`, which is built in.")
    var scenario: String?

    @Option(help: "The instance's ARN; overrides the configuration file.")
    var instanceArn: String?

    @Option(help: "The ARN of the same agent's instance in another region, for failovers between the two.")
    var otherArn: String?

    @Option(help: "Which of the two instances is active at first: this or other.")
    var active: String?

    @Option(help: "Seed of the identifiers and tokens: the same seed and scenario give the same snapshots.")
    var seed: UInt64 = 1

    @Option(help: "Virtual seconds per real second, for the scenario and the instance's timers.")
    var speed = 1.0

    @Option(help: "Write a cookie jar (Netscape format, mode 0600) with a signed-in session.")
    var cookiesOut: String?

    @Option(help: "Log level: trace, debug, info, notice, warning, error or critical. The log goes to standard error.")
    var logLevel = "notice"

    /// Exits with 2 for invalid options and with 1 for any other failure.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error where exitCode(for: error) == .validationFailure {
            StandardStream.error.writeLine(fullMessage(for: error))
            exit(withError: ExitCode(2))
        } catch {
            exit(withError: error)
        }
    }

    func validate() throws {
        for (name, port) in [("port", port), ("websocket-port", websocketPort), ("control-port", controlPort)]
        where !(0...65_535).contains(port) {
            throw ValidationError("--\(name) must be from 0 to 65535.")
        }
        guard ["127.0.0.1", "::1", "localhost"].contains(host) else {
            throw ValidationError("--host must be 127.0.0.1, ::1 or localhost: the simulator has no access control.")
        }
        guard (0.001...10_000).contains(speed) else { throw ValidationError("--speed must be 0.001 to 10000.") }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level must be trace, debug, info, notice, warning, error or critical.")
        }
        for (name, arn) in [("instance-arn", instanceArn), ("other-arn", otherArn)] {
            guard arn.map(RegionPair.isInstance) ?? true else {
                throw ValidationError("--\(name) must be like arn:aws:connect:<region>:<account>:instance/<id>.")
            }
        }
        guard ["this", "other", nil].contains(active) else { throw ValidationError("--active must be this or other.") }
        guard caOut == nil || tls else { throw ValidationError("--ca-out needs --tls.") }
    }

    func run() async throws {
        let level = Logger.Level(rawValue: logLevel) ?? .notice
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let simulator = try makeSimulator()
        let work = Task {
            try await simulator.run { addresses in
                StandardStream.output.writeLine(addresses.jsonLine)
            }
        }
        let signals = TerminationSignals { work.cancel() }
        defer { signals.stop() }
        try await work.value
    }

    private func makeSimulator() throws -> Simulator {
        var options = SimulatorOptions(logger: Logger(label: "connect-simulator"))
        options.host = host
        options.port = port
        options.websocketPort = websocketPort
        options.controlPort = controlPort
        options.usesTLS = tls
        options.authorityFile = caOut
        options.cookiesFile = cookiesOut
        options.seed = seed
        options.speed = speed
        options.scenario = try scenario.map { (yaml: try BuiltInScenario.named($0) ?? text(of: $0), file: $0) }
        var regions = RegionPair()
        regions.arn = instanceArn
        regions.otherARN = otherArn
        regions.isActive = active.map { $0 == "this" }
        let configuration = try SimulatorConfiguration(
            yaml: try config.map(text) ?? "", file: config ?? "the command line", regions: regions)
        return try Simulator(configuration: configuration, options: options)
    }

    private func text(of path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SimulatorError.unreadable(path)
        }
        return String(decoding: data, as: UTF8.self)
    }
}
