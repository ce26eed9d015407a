// SPDX-License-Identifier: Apache-2.0
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// The service's HTTP listener. The control API can take it down for a while; it then listens on the same port again.
final class ServiceListener: Sendable {
    let registry = ConnectionRegistry()
    private let address: String
    private let tls: TLSConfiguration?
    private let logger: Logger
    private let port: Mutex<Int>
    /// The durations of requested outages, seconds.
    private let outages: AsyncStream<Double>
    private let outageRequests: AsyncStream<Double>.Continuation

    /// - Parameter port: 0 picks a free one.
    init(address: String, port: Int, tls: TLSConfiguration?, logger: Logger) {
        self.address = address
        self.port = Mutex(port)
        self.tls = tls
        self.logger = logger
        (outages, outageRequests) = AsyncStream<Double>.makeStream()
    }

    func perform(_ effect: Effect) {
        switch effect {
        case .dropConnections: registry.abortAll()
        case .listenerDown(let seconds): outageRequests.yield(seconds)
        case .push, .dropWebsockets, .halfOpenWebsockets, .closeWebsockets, .realTime: break
        }
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onBound: called with the port each time the listener is bound.
    func run(
        router: Router<SimulatorContext>, host: InstanceHost, onBound: @escaping @Sendable (Int) -> Void
    ) async throws {
        while !Task.isCancelled {
            registry.allowNew()
            await host.allowPolls()
            let app = try application(router) { port in
                // Clients expect the listener on the same port after an outage.
                self.port.withLock { $0 = port }
                onBound(port)
            }
            guard let seconds = try await serve(app, host) else { return }
            logger.notice("listener down", metadata: ["seconds": "\(seconds)"])
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

    /// - Returns: the duration of the requested outage, seconds; nil if the listener is to stop.
    private func serve(_ app: some ApplicationProtocol, _ host: InstanceHost) async throws -> Double? {
        try await withThrowingTaskGroup(of: Double?.self) { group in
            group.addTask {
                try await app.run()
                return nil
            }
            group.addTask { [outages] in
                for await seconds in outages { return seconds }
                return nil
            }
            let seconds = try await group.next() ?? nil
            // No graceful shutdown: the server would wait for open connections and for long polls.
            registry.abortAll(thenRefuse: true)
            await host.cancelPolls()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result { logger.debug("listener: \(error)") }
            }
            return seconds
        }
    }
}

/// A logger for Hummingbird, which logs an ordinary shutdown as an error.
func quiet(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = .critical
    return logger
}
