import AgentModel
import ConduitCore
import Glibc
import LocalServer
import NIOCore
import SessionCore
import StreamsProtocol

/// What clients want, and who serves it.
extension Exchange {
    func serve(_ port: PortID, _ request: ConduitRequest) {
        switch request {
        case .status(let requestId): respond(port, requestId, .data(status.json))
        case .agent(let requestId):
            let absence = session.status.absence ?? .starting
            respond(port, requestId, .error(absence.error(hint: absence.hint)))
        case .setLogLevel(let requestId, let new): setLogLevel(port, requestId, new)
        case .reload(let requestId): reload(port, requestId)
        case .configure(let data): take(.session(.configure(data)))
        case .call(let ticket, let method, let params): take(.session(.call(ticket, method: method, params: params)))
        case .logs(let entries): take(.session(.logs(entries)))
        case .proxy(let data): take(.session(.proxy(data)))
        case .terminate: take(.session(.terminate))
        case .suppress(let data): take(.session(.suppress(data)))
        case .forceOffline(let data): take(.session(.forceOffline(data)))
        case .initDRPolling(let data): take(.session(.initDRPolling(data)))
        case .reloadConfiguration: take(.session(.reloadConfiguration))
        case .subscribe(let topics): take(.session(.subscribe(topics)))
        case .sendFrame(let frame): take(.session(.sendFrame(frame)))
        }
    }

    private var status: DaemonStatus {
        StatusReport(
            identity: identity, session: session.status, conduit: conduit.status, agent: conduit.agent,
            keeping: keeping.status
        ).status(at: SystemClock.now)
    }

    private func respond(_ port: PortID, _ requestId: RawJSON, _ response: ConduitEvent.Response) {
        take(.conduit(.responded(port, requestId: requestId, response)))
    }

    private func setLogLevel(_ port: PortID, _ requestId: RawJSON, _ new: LogLevel) {
        let before = level.set(new)
        respond(port, requestId, .data(["level": .string(new.rawValue), "before": .string(before.rawValue)]))
    }

    // MARK: Reload

    /// Reads the configuration again, because of a signal.
    func reload() { reload { _ in } }

    private func reload(_ port: PortID, _ requestId: RawJSON) {
        reload { [weak self] in self?.respond(port, requestId, $0) }
    }

    /// A new configuration holds whole, or not at all.
    private func reload(_ done: @escaping (ConduitEvent.Response) -> Void) {
        let bound = NIOLoopBound((self, done), eventLoop: loop)
        let current = configuration
        let reloader = reloader
        loop.makeFutureWithTask { await reloader.reload(current: current) }.whenSuccess { result in
            let (exchange, done) = bound.value
            switch result {
            case .success(let (configuration, report)):
                exchange.adopt(configuration)
                exchange.log(.info, report.summary, [:])
                for warning in report.warnings { exchange.log(.warning, warning, [:]) }
                done(.data(report.json))
            case .failure(let error):
                exchange.log(.error, error.reloadError.description, [:])
                done(.error(error.reloadError))
            }
        }
    }

    private func adopt(_ new: DaemonConfiguration) {
        // A level that somebody set by setLogLevel holds until the configuration itself says something else.
        if new.logLevel != configuration.logLevel { level.set(new.logLevel) }
        configuration = new
        var settings = new.conduit(epoch: identity.epoch, ownUid: geteuid())
        server.lineLimit = settings.lineLimit
        settings.keepsState = keeping.journal?.isOn == true
        take(.conduit(.settings(settings)))
    }
}
