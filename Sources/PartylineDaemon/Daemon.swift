// SPDX-License-Identifier: Apache-2.0
import CLinux
import ConduitCore
import ConnectTransport
import FoundationEssentials
import Glibc
import LocalServer
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import StreamsProtocol
import Systemd
import UnixSignals

/// Runs the daemon: socket, event loop, readiness, signals, and a clean shutdown.
struct Daemon {
    private let configuration: DaemonConfiguration

    init(_ configuration: DaemonConfiguration) { self.configuration = configuration }

    func run() async throws {
        let level = LiveLogLevel(configuration.logLevel)
        // One thread may be blocked by a log that is not read.
        NIOSingletons.blockingPoolThreadCountSuggestion = 2
        let log = LogWriter(format: LogFormat(journalStream: ProcessInfo.processInfo.environment["JOURNAL_STREAM"]))
        defer { log.flush() }
        let logger = Logger(label: "partylined") { _ in StderrLogHandler(level: level, writer: log) }
        // From here on SIGHUP no longer terminates the process.
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        if clinux_disable_dumps() != 0 { logger.warning("core dumps could not be turned off") }
        // Lines are allocated and freed at the pace of the event log. Returning their pages to the kernel and requesting
        // them again costs more than copying the lines.
        clinux_keep_free_memory(8 << 20)
        let shares = DescriptorLimit.raise(ports: configuration.settings.conduit.ledger.uidPorts, logger)
        for warning in configuration.warnings(ownUid: geteuid()) { logger.warning("\(warning)") }
        if !configuration.settings.state.isKept, let cookies = configuration.keptCookies {
            ConnectTransport.removeKeptCookies(cookies)
        }
        let listener = try Listener.open(configuration.socketPath)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let service = ExchangeService(
            configuration: configuration, listener: listener, loop: group.next(), level: level, log: log,
            logger: logger, hangUps: hangUps, shares: shares)
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet))
        do { try await services.run() } catch {
            // Otherwise the next daemon would find a socket without a listener.
            listener.release()
            throw error
        }
        // The event loop is not shut down: everything has been written and closed, and the process exits now.
    }

    /// Discards the lifecycle's log lines, which duplicate the daemon's.
    private static let quiet = Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
}

/// Runs the exchange until graceful shutdown.
private struct ExchangeService: Service {
    let configuration: DaemonConfiguration
    let listener: Listener
    let loop: any EventLoop
    let level: LiveLogLevel
    let log: LogWriter
    let logger: Logger
    let hangUps: UnixSignalsSequence
    let shares: DescriptorLimit.Shares
    private let hangUp = HangUp()

    func run() async throws {
        let exchange = try await loop.submit { [self] in
            NIOLoopBound(
                try Exchange(
                    loop: loop, configuration: configuration, identity: .make(),
                    reloader: Reloader(started: configuration), shares: shares,
                    storage: .open(configuration, ownsSocket: listener.isOwn, logger), level: level, writer: log,
                    logger: logger),
                eventLoop: loop)
        }.get()
        try await loop.flatSubmit { [self] in exchange.value.start(on: listener.descriptor) }.get()
        let keeper = try await loop.submit { [self] in
            let keeper = SocketKeeper(listener, loop: loop, logger: logger) { exchange.value.listen(on: $0) }
            keeper.start()
            return NIOLoopBound(keeper, eventLoop: loop)
        }.get()
        logger.info(
            "listening",
            metadata: ["socket": "\(listener.name)", "version": "\(Partyline.version)", "pid": "\(getpid())"])
        ServiceManager.ready(status: "listening")
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in hangUps.cancelOnGracefulShutdown() { handleHangUp(exchange, keeper) } }
            try? await gracefulShutdown()
        }
        ServiceManager.stopping()
        try await loop.flatSubmit { exchange.value.stop() }.get()
        try await loop.submit { keeper.value.stop() }.get()
        logger.info("stopped")
    }

    private func handleHangUp(_ exchange: NIOLoopBound<Exchange>, _ keeper: NIOLoopBound<SocketKeeper>) {
        switch hangUp.meaning {
        case .reload:
            loop.execute {
                keeper.value.check()
                exchange.value.reload()
            }
        case .end:
            logger.info("the terminal was closed")
            kill(getpid(), SIGTERM)
        }
    }
}
