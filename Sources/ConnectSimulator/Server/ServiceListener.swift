import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// The service's HTTP listener, which can be taken down for a while and comes back on the same port.
final class ServiceListener: Sendable {
    let registry = ConnectionRegistry()
    private let address: String
    private let tls: TLSConfiguration?
    private let logger: Logger
    private let port: Mutex<Int>
    private let downs: AsyncStream<Double>
    private let takeDown: AsyncStream<Double>.Continuation

    /// - Parameter port: 0 for any.
    init(address: String, port: Int, tls: TLSConfiguration?, logger: Logger) {
        self.address = address
        self.port = Mutex(port)
        self.tls = tls
        self.logger = logger
        (downs, takeDown) = AsyncStream<Double>.makeStream()
    }

    func perform(_ effect: Effect) {
        switch effect {
        case .dropConnections: registry.abortAll()
        case .listenerDown(let seconds): takeDown.yield(seconds)
        case .push, .dropWebsockets, .halfOpenWebsockets, .closeWebsockets: break
        }
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onBound: told the port, each time it listens again.
    func run(
        router: Router<SimulatorContext>, host: InstanceHost, onBound: @escaping @Sendable (Int) -> Void
    ) async throws {
        while !Task.isCancelled {
            registry.allowNew()
            await host.allowPolls()
            let app = try application(router) { port in
                // It comes back where it was.
                self.port.withLock { $0 = port }
                onBound(port)
            }
            guard let seconds = try await serve(app, host) else { return }
            logger.notice("the listener is down", metadata: ["seconds": "\(seconds)"])
            try await Task.sleep(for: .seconds(seconds))
        }
    }

    private func application(
        _ router: Router<SimulatorContext>, onBound: @escaping @Sendable (Int) -> Void
    ) throws -> some ApplicationProtocol {
        let registry = registry
        let http = HTTPServerBuilder.http1(
            configuration: .init(additionalChannelHandlers: [ConnectionTracker(registry: registry)]))
        return Application(
            router: router, server: try tls.map { try .tls(http, tlsConfiguration: $0) } ?? http,
            configuration: .init(address: .hostname(address, port: port.withLock { $0 }), serverName: "simulator"),
            onServerRunning: { channel in onBound(channel.localAddress?.port ?? 0) }, logger: quiet(logger))
    }

    /// - Returns: for how many seconds the listener is to be down; nil: for good.
    private func serve(_ app: some ApplicationProtocol, _ host: InstanceHost) async throws -> Double? {
        try await withThrowingTaskGroup(of: Double?.self) { group in
            group.addTask {
                try await app.run()
                return nil
            }
            group.addTask { [downs] in
                for await seconds in downs { return seconds }
                return nil
            }
            let seconds = try await group.next() ?? nil
            // Nobody is served on their way out: what is open is cut, what waits is called off.
            registry.abortAll(thenRefuse: true)
            await host.callOffPolls()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result { logger.debug("listener: \(error)") }
            }
            return seconds
        }
    }
}

/// The server library calls an ordinary end an error; what matters is logged here.
func quiet(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = .critical
    return logger
}
