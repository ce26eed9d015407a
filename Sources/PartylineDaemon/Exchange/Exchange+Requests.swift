// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConduitCore
import ConnectTransport
import Glibc
import LocalServer
import NIOCore
import SessionCore
import StreamsProtocol

/// Requests of clients, as the conduit passes them on.
extension Exchange {
    func serve(_ port: PortID, _ request: ConduitRequest) {
        switch request {
        case .status(let requestId, let role): respond(port, requestId, .data(status(for: role).json))
        case .agent(let requestId, let role):
            let status = session.status(at: SystemClock.now)
            let whole = status.absence ?? .starting
            let absence = role == .presence ? whole.reduced(errorType: status.link.lastErrorType) : whole
            respond(port, requestId, .error(absence.error(hint: absence.hint)))
        case .setLogLevel(let requestId, let new): setLogLevel(port, requestId, new)
        case .reload(let requestId): reload(port, requestId)
        case .setCredentials(let requestId, let cookies): setCredentials(port, requestId, cookies)
        case .quickConnects(let requestId, let queueARNs):
            handle(.session(.quickConnects(ReplyTicket(port: port, requestId: requestId), queueARNs: queueARNs)))
        case .updateSettings(let requestId, let patch):
            handle(.session(.updateSettings(ReplyTicket(port: port, requestId: requestId), patch: patch)))
        case .logout(let requestId, let moment):
            handle(.session(.logout(ReplyTicket(port: port, requestId: requestId), moment)))
        case .beginSignIn(let requestId):
            let isFirst = transport?.hasCookies != true
            handle(.session(.beginSignIn(ReplyTicket(port: port, requestId: requestId), isFirst: isFirst)))
        case .abandonSignIn(let requestId, let id):
            handle(.session(.abandonSignIn(ReplyTicket(port: port, requestId: requestId), id: id)))
        case .portClosed: handle(.session(.portClosed(port)))
        case .configure(let data): handle(.session(.configure(data)))
        case .call(let ticket, let method, let params, let deadline):
            handle(.session(.call(ticket, method: method, params: params, deadline: deadline)))
        case .logs(let entries): handle(.session(.logs(entries)))
        case .proxy(let data): handle(.session(.proxy(data)))
        case .terminate: handle(.session(.terminate))
        case .suppress(let data): handle(.session(.suppress(data)))
        case .forceOffline(let data): handle(.session(.forceOffline(data)))
        case .initDRPolling(let data): handle(.session(.initDRPolling(data)))
        case .reloadConfiguration: handle(.session(.reloadConfiguration))
        case .subscribe(let topics): handle(.session(.subscribe(topics)))
        case .sendFrame(let frame): handle(.session(.sendFrame(frame)))
        }
    }

    private func status(for role: Role) -> DaemonStatus {
        StatusReport(
            identity: identity, session: session.status(at: SystemClock.now), conduit: conduit.status,
            agent: conduit.agent,
            storage: storage.status, lostLogLines: writer.dropped, configurationFile: configuration.file,
            reloadError: reloadError, accessRules: configuration.settings.access.count
        ).status(at: SystemClock.now, for: role)
    }

    func respond(_ port: PortID, _ requestId: RawJSON, _ response: ConduitEvent.Response) {
        handle(.conduit(.responded(port, requestId: requestId, response)))
    }

    func reply(_ ticket: ReplyTicket, _ result: Result<JSON, ProtocolError>) {
        switch result {
        case .success(let data): respond(ticket.port, ticket.requestId, .data(data))
        case .failure(let error): respond(ticket.port, ticket.requestId, .error(error))
        }
    }

    private func setLogLevel(_ port: PortID, _ requestId: RawJSON, _ new: LogLevel) {
        let before = level.set(new)
        respond(port, requestId, .data(["level": .string(new.rawValue), "before": .string(before.rawValue)]))
    }

    private func setCredentials(_ port: PortID, _ requestId: RawJSON, _ cookies: Secret) {
        guard case .login(let instance) = configuration.session.source else {
            return respond(port, requestId, .error(configuration.settings.source.refusesCookies))
        }
        if let error = session.loggingOut { return respond(port, requestId, .error(error)) }
        do { try transport?.setCookies(cookies, for: instance.authorizeEndpoint) } catch {
            return respond(port, requestId, .error(ProtocolError(.invalidParams, "params.cookies: \(error)")))
        }
        respond(port, requestId, .data([:]))
        handle(.session(.credentialsChanged))
    }

    // MARK: Reload

    /// Reloads the configuration after SIGHUP.
    func reload() { reload { _ in } }

    private func reload(_ port: PortID, _ requestId: RawJSON) {
        reload { [weak self] in self?.respond(port, requestId, $0) }
    }

    /// Applies a new configuration as a whole or, if it has problems, not at all.
    private func reload(_ done: @escaping (ConduitEvent.Response) -> Void) {
        let bound = NIOLoopBound((self, done), eventLoop: loop)
        let current = configuration
        let reloader = reloader
        loop.makeFutureWithTask { await reloader.reload(current: current) }.whenSuccess { result in
            let (exchange, done) = bound.value
            switch result {
            case .success(let (configuration, report)):
                exchange.reloadError = nil
                exchange.adopt(configuration)
                exchange.log(.info, report.summary, [:])
                for warning in report.warnings { exchange.log(.warning, warning, [:]) }
                done(.data(report.json))
            case .failure(let error):
                exchange.reloadError = error.reloadError.message
                exchange.log(.error, error.reloadError.description, [:])
                done(.error(error.reloadError))
            }
            exchange.updateStatusLine()
        }
    }

    private func adopt(_ new: DaemonConfiguration) {
        // A level set by setLogLevel stays in effect until the level in the configuration changes.
        if new.logLevel != configuration.logLevel { level.set(new.logLevel) }
        configuration = new
        var settings = new.conduit(epoch: identity.epoch, ownUid: geteuid())
        settings.ledger.ports = shares.ports
        server.lineLimit = settings.lineLimit
        settings.keepsState = storage.journal?.isOn == true
        handle(.conduit(.settings(settings)))
    }
}
