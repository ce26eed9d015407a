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
    enum Input {
        case session(SessionEvent)
        case conduit(ConduitEvent)
    }

    let loop: any EventLoop
    let logger: Logger
    let level: LiveLogLevel
    let identity: DaemonIdentity
    let reloader: Reloader
    /// What holds now; a reload may change it.
    var configuration: DaemonConfiguration
    var session: Session
    var conduit: Conduit
    let server: LocalServer
    let keeping: Keeping
    private var transport: ConnectTransport?
    private var sessionTimers: LoopTimers<SessionTimer>?
    private var conduitTimers: LoopTimers<ConduitTimer>?
    private var inbox: CircularBuffer<Input> = []
    private var isBusy = false
    private var isTurnEndDue = false
    private var shownStatus = ""
    private var isStatusStale = false

    init(
        loop: any EventLoop, configuration: DaemonConfiguration, identity: DaemonIdentity, reloader: Reloader,
        kept: Keeping, level: LiveLogLevel, logger: Logger
    ) throws {
        self.loop = loop
        self.logger = logger
        self.level = level
        self.identity = identity
        self.reloader = reloader
        self.configuration = configuration
        session = Session(settings: configuration.session, seed: UInt64.random(in: 0...UInt64.max))
        var settings = configuration.conduit(epoch: identity.epoch, ownUid: geteuid())
        kept.journal?.begin(epoch: identity.epoch, state: kept.state)
        settings.keepsState = kept.journal?.isOn == true
        keeping = kept
        conduit = Conduit(settings: settings, kept: kept.state)
        server = LocalServer(loop: loop, lineLimit: settings.lineLimit, logger: logger)
        server.owner = self
        // They hold each other until `stop`.
        transport = try ConnectTransport(loop: loop, settings: configuration.transport, logger: logger) {
            self.take(.session($0))
        }
        sessionTimers = LoopTimers(loop: loop) { self.take(.session(.timer($0))) }
        conduitTimers = LoopTimers(loop: loop) { self.take(.conduit(.timer($0))) }
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
        persist()
        return server.stopListening().flatMap { bound.value.server.drained() }
            .flatMap { bound.value.transport?.shutDown() ?? bound.value.loop.makeSucceededVoidFuture() }
            .always { _ in bound.value.letGo() }
    }

    private func letGo() {
        server.owner = nil
        transport = nil
        sessionTimers = nil
        conduitTimers = nil
    }

    // MARK: One event at a time

    func take(_ input: Input) {
        guard !isBusy else { return inbox.append(input) }
        isBusy = true
        carryOut(input)
        while let next = inbox.popFirst() { carryOut(next) }
        isBusy = false
        if isStatusStale { showStatus() }
        if conduit.hasOutput { scheduleTurnEnd() }
    }

    private func carryOut(_ input: Input) {
        let now = SystemClock.now
        switch input {
        case .session(let event):
            isStatusStale = true
            for action in session.handle(event, at: now) { run(action) }
        case .conduit(let event): for action in conduit.handle(event, at: now) { run(action) }
        }
    }

    func localServer(_ event: ConduitEvent) { take(.conduit(event)) }

    func localServer(next port: PortID, budget: Int, isLate: Bool) -> [UInt8]? {
        // A write that fails may bring new events in the middle of a turn.
        persist()
        return conduit.next(for: port, budget: budget, isLate: isLate)
    }

    // MARK: The end of a turn

    /// Writes are gathered: however much happens in one turn of the loop, each port is written to at its end, and
    /// before only if it is closed or its replies pile up.
    private func scheduleTurnEnd() {
        guard !isTurnEndDue else { return }
        isTurnEndDue = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.endTurn() }
    }

    private func endTurn() {
        isTurnEndDue = false
        // Without any port too: otherwise the draft would grow without bound.
        persist()
        server.write(to: conduit.takeDuePorts())
        for action in conduit.takeDeferredLogs() { run(action) }
    }

    /// (The journal may not call back meanwhile: the conduit is in use.)
    private func persist() {
        guard let journal = keeping.journal else { return }
        conduit.persist { draft in
            journal.append(&draft)
            return journal.isOn
        }
    }

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
        case .accepted(let contactId): take(.conduit(.accepted(contactId: contactId)))
        case .synced(let ticket, let error): take(.conduit(.synced(ticket, error)))
        case .answer(let ticket, let outcome): take(.conduit(.answered(ticket, outcome)))
        case .log(let level, let message, let fields): log(level, message, fields)
        }
    }

    private func run(_ action: ConduitAction) {
        switch action {
        case .write(let port): server.write(to: .some([port]))
        case .close(let port, let last): server.close(port, last: last)
        case .schedule(let timer, let delay): conduitTimers?.schedule(timer, after: delay)
        case .unschedule(let timer): conduitTimers?.cancel(timer)
        case .ask(let port, let request): serve(port, request)
        case .sync(let ticket): take(.session(.sync(ticket)))
        case .log(let level, let message, let fields): log(level, message, fields)
        }
    }

    func log(_ level: LogLevel, _ message: String, _ fields: [String: String]) {
        logger.log(level: level.loggerLevel, "\(message)", metadata: fields.mapValues { .string($0) })
        take(.conduit(.logged(DaemonLogEntry(level: level, message: message, fields: fields))))
    }

    /// Keeps systemd's status line current.
    private func showStatus() {
        isStatusStale = false
        let line = StatusReport.line(session.status, agent: conduit.agent)
        guard line != shownStatus else { return }
        shownStatus = line
        ServiceManager.status(line)
    }
}
