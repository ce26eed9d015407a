import ConduitCore
import ConnectTransport
import Glibc
import LocalServer
import Logging
import NIOCore
import SessionCore
import StreamsProtocol
import Systemd

/// Where the two halves meet: it owns both machines and the hands that carry out what they want.
///
/// It lives on one event loop and is called there only; that is the order of everything, without a lock. Whatever
/// happens is taken one at a time: what happens while an event is being carried out waits for its end.
final class Exchange: LocalServerOwner {
    private enum Input {
        case session(SessionEvent)
        case conduit(ConduitEvent)
    }

    let loop: any EventLoop
    let logger: Logger
    let identity: DaemonIdentity
    var session: Session
    var conduit: Conduit
    let server: LocalServer
    private var transport: ConnectTransport?
    private var sessionTimers: LoopTimers<SessionTimer>?
    private var conduitTimers: LoopTimers<ConduitTimer>?
    private var inbox: CircularBuffer<Input> = []
    private var isBusy = false
    private var shownStatus = ""

    init(loop: any EventLoop, configuration: DaemonConfiguration, identity: DaemonIdentity, logger: Logger) throws {
        self.loop = loop
        self.logger = logger
        self.identity = identity
        session = Session(settings: configuration.session, seed: UInt64.random(in: 0...UInt64.max))
        let settings = configuration.conduit(epoch: identity.epoch, ownUid: geteuid())
        conduit = Conduit(settings: settings)
        server = LocalServer(loop: loop, lineLimit: settings.lineLimit, logger: logger)
        server.owner = self
        transport = try ConnectTransport(loop: loop, settings: configuration.transport, logger: logger) {
            [weak self] in self?.take(.session($0))
        }
        sessionTimers = LoopTimers(loop: loop) { [weak self] in self?.take(.session(.timer($0))) }
        conduitTimers = LoopTimers(loop: loop) { [weak self] in self?.take(.conduit(.timer($0))) }
    }

    // MARK: Coming and going

    func start(on descriptor: CInt) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return server.listen(on: descriptor).map { bound.value.take(.session(.start)) }
    }

    /// Tells the ports, ends the session upstream, and waits for what is still being written.
    func stop() -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        take(.conduit(.shutdown(reason: "the daemon is stopping")))
        take(.session(.stop))
        sessionTimers?.cancelAll()
        conduitTimers?.cancelAll()
        return server.stopListening().flatMap { bound.value.server.drained() }
            .flatMap { bound.value.transport?.shutDown() ?? bound.value.loop.makeSucceededVoidFuture() }
    }

    // MARK: One event at a time

    private func take(_ input: Input) {
        inbox.append(input)
        guard !isBusy else { return }
        isBusy = true
        while let next = inbox.popFirst() { carryOut(next) }
        isBusy = false
        showStatus()
    }

    private func carryOut(_ input: Input) {
        let now = SystemClock.now
        switch input {
        case .session(let event): for action in session.handle(event, at: now) { run(action) }
        case .conduit(let event): for action in conduit.handle(event, at: now) { run(action) }
        }
    }

    func localServer(_ event: ConduitEvent) { take(.conduit(event)) }

    func localServer(next port: PortID, budget: Int) -> [OutgoingItem] { conduit.next(for: port, budget: budget) }

    // MARK: Actions

    private func run(_ action: SessionAction) {
        switch action {
        case .send(let id, let call): transport?.send(id, call)
        case .cancel(let id): transport?.cancel(id)
        case .schedule(let timer, let delay): sessionTimers?.schedule(timer, after: delay)
        case .unschedule(let timer): sessionTimers?.cancel(timer)
        case .openWebSocket(let id, let url): transport?.openWebSocket(id, url: url)
        case .sendText(let id, let text): transport?.sendText(id, text)
        case .closeWebSocket(let id, let code): transport?.closeWebSocket(id, code: code)
        case .publish(let name, let data): take(.conduit(.publish(name, data)))
        case .publishAgent(let agent): take(.conduit(.agent(agent)))
        case .forgetAgent: take(.conduit(.forgetAgent))
        case .end: Glibc.kill(getpid(), SIGTERM)
        case .answer(let ticket, let answer):
            take(
                .conduit(
                    .answered(
                        PortID(number: ticket.port), requestId: ticket.requestId, data: answer.data,
                        error: answer.error)))
        case .log(let level, let message, let fields): log(level.rawValue, message, fields)
        }
    }

    private func run(_ action: ConduitAction) {
        switch action {
        case .append(let position, let bytes): server.append(position, bytes)
        case .discard(let position): server.discard(before: position)
        case .reply(let port, let reply, let bytes): server.reply(port, reply, bytes)
        case .close(let port, let last): server.close(port, last: last)
        case .schedule(let timer, let delay): conduitTimers?.schedule(timer, after: delay)
        case .ask(let port, let request): serve(port, request)
        case .log(let level, let message, let fields): log(level.rawValue, message, fields)
        }
    }

    private func serve(_ port: PortID, _ request: ConduitRequest) {
        switch request {
        case .configure(let data): take(.session(.configure(data)))
        case .call(let requestId, let method, let params):
            let ticket = RequestTicket(port: port.number, requestId: requestId)
            take(.session(.call(ticket, method: method, params: params)))
        case .logs(let entries): take(.session(.logs(entries)))
        case .proxy(let data): take(.session(.proxy(data)))
        case .terminate: take(.session(.terminate))
        case .suppress(let data): take(.session(.suppress(data)))
        case .forceOffline(let data): take(.session(.forceOffline(data)))
        case .initDRPolling(let data): take(.session(.initDRPolling(data)))
        case .reloadConfiguration: take(.session(.reloadConfiguration))
        case .subscribe(let topics): take(.session(.subscribe(topics)))
        case .sendFrame(let frame): take(.session(.sendFrame(frame)))
        case .status(let requestId):
            let report = StatusReport(exchange: self, now: SystemClock.now)
            take(.conduit(.responded(port, requestId: requestId, .data(report.json))))
        case .agent(let requestId):
            take(.conduit(.responded(port, requestId: requestId, .error(StatusReport.absence(session.status)))))
        }
    }

    private func log(_ level: String, _ message: String, _ fields: [String: String]) {
        logger.log(
            level: Logger.Level(rawValue: level) ?? .info, "\(message)",
            metadata: fields.mapValues { .string($0) })
        let entry = DaemonLogEntry(level: ConduitLogLevel(rawValue: level) ?? .info, message: message, fields: fields)
        take(.conduit(.logged(entry)))
    }

    /// Keeps systemd's status line current.
    private func showStatus() {
        let line = StatusReport.line(session.status, agent: conduit.currentAgent)
        guard line != shownStatus else { return }
        shownStatus = line
        ServiceManager.status(line)
    }
}
