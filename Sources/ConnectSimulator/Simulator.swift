// SPDX-License-Identifier: Apache-2.0
import Glibc
import Hummingbird
import Logging
import NIOCore
import NIOSSL

/// A simulated Amazon Connect instance with its servers.
public final class Simulator: Sendable {
    private let configuration: SimulatorConfiguration
    private let options: SimulatorOptions
    private let scenario: Scenario?
    private let tls: TLSMaterial?
    private let clock: VirtualClock
    private let hub = WebSocketHub()
    private let listener: ServiceListener
    private let host: InstanceHost
    private let player: ScenarioPlayer
    private let websocketConnections = ConnectionRegistry()
    private let controlConnections = ConnectionRegistry()

    /// - Throws: `ConfigurationError` if the scenario is invalid; errors of the certificate library.
    public init(configuration: SimulatorConfiguration, options: SimulatorOptions) throws {
        self.configuration = configuration
        self.options = options
        scenario = try options.scenario.map { try Scenario(yaml: $0.yaml, file: $0.file) }
        try scenario?.check(configuration.settings)
        tls = options.usesTLS ? try TLSMaterial() : nil
        clock = VirtualClock(speed: options.speed)
        let listener = ServiceListener(
            address: options.host, port: options.port, tls: tls?.serverConfiguration, logger: options.logger)
        self.listener = listener
        host = InstanceHost(
            instance: SimulatedInstance(settings: configuration.settings, seed: options.seed, now: clock.now),
            clock: clock, logger: options.logger,
            perform: { [hub] effect in
                hub.perform(effect)
                listener.perform(effect)
            })
        player = ScenarioPlayer(host: host, clock: clock, logger: options.logger)
    }

    /// Runs until the task is cancelled.
    ///
    /// - Parameter onReady: called once, when all three ports are bound and the requested files are written.
    /// - Throws: `SimulatorError` if a port cannot be bound or a file cannot be written.
    public func run(onReady: @escaping @Sendable (SimulatorAddresses) -> Void) async throws {
        try await withTaskCancellationHandler {
            do {
                try await serve(onReady)
            } catch  where Task.isCancelled {
                options.logger.debug("stopped: \(error)")
            }
        } onCancel: {
            for registry in [listener.registry, websocketConnections, controlConnections] {
                registry.abortAll(thenRefuse: true)
            }
            Task { [host, player] in
                await host.cancelPolls()
                await player.stop()
            }
        }
    }

    private func serve(_ onReady: @escaping @Sendable (SimulatorAddresses) -> Void) async throws {
        let websocket = try await bindWebSocket()
        let websocketPort = websocket.localAddress?.port ?? options.websocketPort
        let ports = AsyncStream<PortReport>.makeStream()
        defer { websocket.close(promise: nil) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                try await reportingBindError("control API (--control-port)", options.controlPort) {
                    try await runControl(ports.continuation)
                }
            }
            group.addTask { [self] in
                try await reportingBindError("service (--port)", options.port) {
                    try await runService(ports.continuation)
                }
            }
            group.addTask { [self] in
                var bound: [PortReport.Listener: Int] = [:]
                for await report in ports.stream {
                    bound[report.listener] = report.port
                    if bound.count == PortReport.Listener.allCases.count { break }
                }
                guard let service = bound[.service], let control = bound[.control] else { return }
                onReady(try await prepare(service: service, websocket: websocketPort, control: control))
                if let scenario { await player.play(scenario) }
                try await Task.sleep(for: .seconds(1_000_000_000))
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private struct PortReport: Sendable {
        enum Listener: CaseIterable { case service, control }
        var listener: Listener
        var port: Int
    }

    private func bindWebSocket() async throws -> any Channel {
        let server = WebSocketServer(
            hub: hub, host: host, registry: websocketConnections,
            tls: try tls.map { try NIOSSLContext(configuration: $0.serverConfiguration) }, logger: options.logger)
        return try await reportingBindError("websocket (--websocket-port)", options.websocketPort) {
            try await server.bind(host: options.host, port: options.websocketPort)
        }
    }

    private func runControl(_ ports: AsyncStream<PortReport>.Continuation) async throws {
        let registry = controlConnections
        // Always plain HTTP on loopback, even with --tls: the control API is a test tool, not part of the instance.
        let app = Application(
            responder: ControlService(
                host: host, hub: hub, player: player, settings: configuration.settings),
            server: .http1(configuration: .init(additionalChannelHandlers: [ConnectionTracker(registry: registry)])),
            configuration: .init(address: .hostname("127.0.0.1", port: options.controlPort)),
            onServerRunning: { ports.yield(PortReport(listener: .control, port: $0.localAddress?.port ?? 0)) },
            logger: quiet(options.logger))
        try await app.run()
    }

    private func runService(_ ports: AsyncStream<PortReport>.Continuation) async throws {
        let cti = CTIService(host: host)
        let signIn = SignInService(
            host: host, cti: cti, username: configuration.username, password: configuration.password,
            isSecure: options.usesTLS)
        let router = serviceRouter(
            cti: cti, signIn: signIn, saml: SAMLService(host: host, signIn: signIn),
            others: SideServices(host: host, cti: cti))
        try await listener.run(router: router, host: host) { port in
            ports.yield(PortReport(listener: .service, port: port))
        }
    }

    private func reportingBindError<Value>(
        _ name: String, _ port: Int, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error as IOError {
            let why = error.errnoCode == EADDRINUSE ? "the port is in use" : "\(error)"
            throw SimulatorError(
                description: "cannot listen on port \(port) for the \(name): \(why); port 0 picks a free one")
        }
    }

    /// Writes the requested files and gives the instance its own URLs.
    private func prepare(service: Int, websocket: Int, control: Int) async throws -> SimulatorAddresses {
        let secure = options.usesTLS ? "s" : ""
        let name = options.host.contains(":") ? "[\(options.host)]" : options.host
        let base = "http\(secure)://\(name):\(service)"
        let websocketURL = "ws\(secure)://\(name):\(websocket)/ws"
        await host.setAddresses(SimulatedInstance.Addresses(websocket: websocketURL, origin: base))
        if let tls, let file = options.authorityFile { try writeFile(tls.authorityPEM, to: file, mode: 0o644) }
        if let file = options.cookiesFile {
            let jar = cookieJar(
                domain: options.host, isSecure: options.usesTLS, name: SignInService.cookieName,
                value: await host.openSession())
            try writeFile(jar, to: file, mode: 0o600)
        }
        return SimulatorAddresses(
            base: base, endpoint: "\(base)/connect/api", authorize: "\(base)/connect/auth/authorize",
            websocket: websocketURL, control: "http://127.0.0.1:\(control)", login: "\(base)/login",
            authorityFile: tls == nil ? nil : options.authorityFile)
    }
}
