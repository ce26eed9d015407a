// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import ConnectTransport
import Glibc
import LocalServer
import Logging
import NIOCore
import SessionCore
import StreamsProtocol
import Systemd

/// Connects the two halves: owns the state machines `Session` and `Conduit`, and executes their actions.
///
/// Call it on its event loop only; it has no lock. It handles one event at a time: events that arrive meanwhile are queued.
final class Exchange: LocalServerOwner {
    enum Input {
        case session(SessionEvent)
        case conduit(ConduitEvent)
    }

    let loop: any EventLoop
    let logger: Logger
    let level: LiveLogLevel
    let writer: LogWriter
    let identity: DaemonIdentity
    let reloader: Reloader
    let shares: DescriptorLimit.Shares
    /// The configuration in effect. A reload may change it.
    var configuration: DaemonConfiguration
    var session: Session
    var conduit: Conduit
    let server: LocalServer
    let storage: StateStorage
    private(set) var transport: ConnectTransport?
    private var sessionTimers: LoopTimers<SessionTimer>?
    private var conduitTimers: LoopTimers<ConduitTimer>?
    private var inbox: CircularBuffer<Input> = []
    private var isBusy = false
    private var isTurnEndDue = false
    private var shownStatus = ""
    private var isStatusStale = false
    private var isStorageRetryDue = false
    /// The problems of the configuration of the last reload; nil if it was good.
    var reloadError: String?

    init(
        loop: any EventLoop, configuration: DaemonConfiguration, identity: DaemonIdentity, reloader: Reloader,
        shares: DescriptorLimit.Shares, storage: StateStorage, level: LiveLogLevel, writer: LogWriter, logger: Logger
    ) throws {
        self.loop = loop
        self.logger = logger
        self.level = level
        self.writer = writer
        self.identity = identity
        self.reloader = reloader
        self.shares = shares
        self.configuration = configuration
        var upstream = configuration.session
        upstream.callLimit = shares.calls
        session = Session(settings: upstream, seed: UInt64.random(in: 0...UInt64.max))
        var settings = configuration.conduit(epoch: identity.epoch, ownUid: geteuid())
        settings.ledger.ports = shares.ports
        storage.journal?.begin(epoch: identity.epoch, state: storage.state)
        settings.keepsState = storage.journal?.isOn == true
        self.storage = storage
        conduit = Conduit(settings: settings, kept: storage.state)
        server = LocalServer(loop: loop, lineLimit: settings.lineLimit)
        server.owner = self
        // The closures retain self; `stop` breaks the cycles.
        transport = try ConnectTransport(loop: loop, settings: configuration.transport, logger: logger) {
            self.handle(.session($0))
        }
        sessionTimers = try LoopTimers(loop: loop) { self.handle(.session(.timer($0))) }
        conduitTimers = try LoopTimers(loop: loop) { self.handle(.conduit(.timer($0))) }
    }

    // MARK: Start and stop

    func start(on descriptor: CInt) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return server.listen(on: descriptor).map { bound.value.handle(.session(.start)) }
    }

    /// Listens on another socket, instead of the one before.
    func listen(on descriptor: CInt) -> EventLoopFuture<Void> { server.listen(on: descriptor) }

    /// Notifies the ports, ends the session upstream, and completes when everything has been written.
    func stop() -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        // The session answers the requests that are under way, so it stops first.
        handle(.session(.stop))
        handle(.conduit(.shutdown(reason: "the daemon is stopping")))
        sessionTimers?.end()
        conduitTimers?.end()
        persist()
        return server.stopListening().flatMap { bound.value.server.drained() }
            .flatMap { bound.value.transport?.shutDown() ?? bound.value.loop.makeSucceededVoidFuture() }
            .always { _ in bound.value.breakCycles() }
    }

    private func breakCycles() {
        server.owner = nil
        transport = nil
        sessionTimers = nil
        conduitTimers = nil
    }

    // MARK: One event at a time

    func handle(_ input: Input) {
        guard !isBusy else { return inbox.append(input) }
        isBusy = true
        process(input)
        while let next = inbox.popFirst() { process(next) }
        isBusy = false
        if isStatusStale { updateStatusLine() }
        if conduit.hasOutput { scheduleTurnEnd() }
    }

    private func process(_ input: Input) {
        let now = SystemClock.now
        switch input {
        case .session(let event):
            isStatusStale = true
            for action in session.handle(event, at: now) { run(action) }
        case .conduit(let event): for action in conduit.handle(event, at: now) { run(action) }
        }
    }

    func localServer(_ event: ConduitEvent) { handle(.conduit(event)) }

    func localServer(next port: PortID, budget: Int, isLate: Bool) -> [UInt8]? {
        // A write that fails may cause new events in the middle of a turn.
        persist()
        return conduit.next(for: port, budget: budget, isLate: isLate)
    }

    func localServer(cannotAccept error: IOError) {
        let reason = String(cString: strerror(error.errnoCode))
        logger.error(
            "no connection can be accepted: \(reason)", metadata: ["hint": "partyline doctor   shows the limit"])
    }

    // MARK: The end of a turn

    /// Writes are batched: each port is written to once, at the end of a turn of the loop. It is written to earlier only if
    /// it is closed or its replies pile up.
    private func scheduleTurnEnd() {
        guard !isTurnEndDue else { return }
        isTurnEndDue = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.endTurn() }
    }

    private func endTurn() {
        isTurnEndDue = false
        // Even without any port: otherwise the draft would grow without bound.
        persist()
        server.write(to: conduit.takeDuePorts())
        for action in conduit.takeDeferredLogs() { run(action) }
    }

    /// The journal must not call back meanwhile: `conduit` is being accessed exclusively.
    private func persist() {
        guard let journal = storage.journal else { return }
        conduit.persist { draft in
            journal.append(&draft)
            return journal.isOn
        }
        if case .suspended = journal.condition { scheduleStorageRetry(journal) }
    }

    private func scheduleStorageRetry(_ journal: StateJournal) {
        guard !isStorageRetryDue else { return }
        isStorageRetryDue = true
        let bound = NIOLoopBound((self, journal), eventLoop: loop)
        loop.scheduleTask(in: Self.storageRetry) {
            let (exchange, journal) = bound.value
            exchange.isStorageRetryDue = false
            journal.retry()
            if case .suspended = journal.condition { exchange.scheduleStorageRetry(journal) }
        }
    }

    /// From a failed write of the state to the next attempt without a change.
    private static let storageRetry = TimeAmount.seconds(5)

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
        case .publish(let name, let data): handle(.conduit(.publish(name, data)))
        case .publishAgent(let agent): handle(.conduit(.agent(agent)))
        case .forgetAgent: handle(.conduit(.forgetAgent))
        case .auth(let auth): handle(.conduit(.auth(auth)))
        case .link(let link): handle(.conduit(.link(link)))
        case .lookForCredentials: transport?.lookForCredentials()
        case .noteCredentials: transport?.noteCredentials()
        case .reply(let ticket, let result): reply(ticket, result)
        case .replyAll(let tickets, let data):
            for ticket in tickets { respond(ticket.port, ticket.requestId, .encoded(data)) }
        case .endSession: handle(.conduit(.endSession))
        case .forgetCredentials: transport?.forgetCredentials()
        case .end: Glibc.kill(getpid(), SIGTERM)
        case .accepted(let contactId): handle(.conduit(.accepted(contactId: contactId)))
        case .synced(let ticket, let error): handle(.conduit(.synced(ticket, error)))
        case .answer(let ticket, let outcome): handle(.conduit(.answered(ticket, outcome)))
        case .log(let level, let message, let fields): log(level, message, fields)
        }
    }

    private func run(_ action: ConduitAction) {
        switch action {
        case .write(let port): server.write(to: .some([port]))
        case .close(let port, let last): server.close(port, last: last)
        case .finish(let port): server.finish(port)
        case .schedule(let timer, let delay): conduitTimers?.schedule(timer, after: delay)
        case .unschedule(let timer): conduitTimers?.cancel(timer)
        case .ask(let port, let request): serve(port, request)
        case .sync(let ticket): handle(.session(.sync(ticket)))
        case .log(let level, let message, let fields): log(level, message, fields)
        }
    }

    func log(_ level: LogLevel, _ message: String, _ fields: [String: String]) {
        logger.log(level: level.loggerLevel, "\(message)", metadata: fields.mapValues { .string($0) })
        handle(.conduit(.logged(DaemonLogEntry(level: level, message: message, fields: fields))))
    }

    func updateStatusLine() {
        isStatusStale = false
        let line = StatusReport.line(
            session.status(at: SystemClock.now), agent: conduit.agent, reloadError: reloadError)
        guard line != shownStatus else { return }
        shownStatus = line
        ServiceManager.status(line)
    }
}
