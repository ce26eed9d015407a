import AgentModel
public import StreamsProtocol

/// The upstream half of the shared worker: one agent's session with the service.
///
/// A pure machine. It is told what happened and what time it is, and answers with what is to be done; timers and
/// randomness included, so that a race is a row in a table of tests. Its parts are in the files beside this one:
/// tokens (`TokenMachine`), calls and their retries (`Session+Calls`), the two pollers (`Session+Snapshots`,
/// `Session+Configuration`), snapshots at once (`Session+Sync`), clients' requests (`Session+Requests`) and the
/// websocket (`WebSocketManager`).
public struct Session: Sendable {
    let settings: SessionSettings
    var random: SplitMix64
    var now = Moment(wall: 0, uptime: 0)
    var actions: [SessionAction] = []

    var tokens: TokenMachine
    var calls: [CallID: PendingCall] = [:]
    var nextCall = 1
    var budget = RetryBudget()
    var snapshots = SnapshotPolling()
    var syncs = SnapshotSync()
    var configurations = ConfigurationPolling()
    var webSockets: WebSocketManager
    var link = SessionStatus.Link(state: .idle, since: 0)
    var logs = ClientLogs()
    var recovery = DisasterRecovery()
    /// True once the pollers have begun.
    var isPolling = false
    var isTerminated = false
    var isStopped = false

    /// A session that waits for `SessionEvent.start`.
    ///
    /// - Parameter seed: decides the jitter of every retry.
    public init(settings: SessionSettings, seed: UInt64) {
        self.settings = settings
        random = SplitMix64(seed: seed)
        tokens = TokenMachine(
            source: settings.source.tokenSource, timers: settings.timers, seed: seed ^ 0x54_6F6B_656E_7300)
        webSockets = WebSocketManager(settings: settings, seed: seed ^ 0x5765_6253_6F63_6B65)
    }

    /// Takes an event and says what is to be done, in order.
    public mutating func handle(_ event: SessionEvent, at now: Moment) -> [SessionAction] {
        self.now = now
        actions = []
        if !isStopped { route(event) }
        defer { actions = [] }
        return actions
    }

    private mutating func route(_ event: SessionEvent) {
        switch event {
        case .start: start()
        case .stop: stop()
        case .configure(let data): run(tokens.handle(.configure(data), at: now))
        case .call(let ticket, let method, let params): call(ticket, method, params)
        case .sync(let ticket): sync(ticket)
        case .reloadConfiguration: if credentials != nil { beginConfigurationRound() }
        case .logs(let entries): collectLogs(entries)
        case .terminate: terminate()
        case .suppress(let data): suppress(data)
        case .forceOffline(let data): forceOffline(data)
        case .initDRPolling(let data): beginActiveRegionPolling(data)
        case .proxy(let data): proxy(data)
        case .subscribe(let topics): run(webSockets.handle(.subscribe(topics), at: now))
        case .sendFrame(let frame): run(webSockets.handle(.send(frame), at: now))
        case .timer(let timer): fire(timer)
        case .http(let id, let outcome): ended(id, outcome)
        case .webSocket(let id, let signal): run(webSockets.handle(.signal(id, signal), at: now))
        }
    }

    private mutating func fire(_ timer: SessionTimer) {
        switch timer {
        case .snapshot: isTerminated ? pollNothing() : pollSnapshot()
        case .configuration: beginConfigurationRound()
        case .tokenCheck: run(tokens.handle(.checkDue, at: now))
        case .authorize, .newToken: run(tokens.handle(.attemptDue, at: now))
        case .callRetry(let id): retry(id)
        case .polling: beginPolling()
        case .activeRegion: askActiveRegion()
        case .revival: begin()
        case .webSocket(let timer): run(webSockets.handle(.timer(timer), at: now))
        }
    }

    private mutating func start() {
        link.since = now.wall
        webSockets.stateSince = now.wall
        run(tokens.handle(.start, at: now))
    }

    mutating func begin() {
        guard credentials != nil else { return }
        run(tokens.handle(.begin, at: now))
        run(webSockets.handle(.start, at: now))
        schedule(.polling, after: settings.timers.pollingDelay)
    }

    /// The pollers begin when createTransport has answered, as the real worker's do, whatever it answered; and if it
    /// takes too long, without it.
    mutating func beginPolling() {
        guard !isPolling, credentials != nil else { return }
        isPolling = true
        pollSnapshot()
        beginConfigurationRound()
    }

    private mutating func stop() {
        isStopped = true
        for id in calls.keys.sorted(by: { $0.number < $1.number }) { actions.append(.cancel(id)) }
        calls = [:]
        endSyncs(ProtocolError(.unavailable, "the daemon is stopping", hint: Self.statusHint, retryable: true))
        run(webSockets.handle(.stop, at: now))
    }

    /// Gives calls up: how they end is ignored.
    mutating func cancelCalls(where isAbandoned: (PendingCall) -> Bool) {
        for (id, call) in calls.sorted(by: { $0.key.number < $1.key.number }) where isAbandoned(call) {
            calls[id] = nil
            actions.append(.cancel(id))
            actions.append(.unschedule(.callRetry(id)))
        }
    }

    func scaled(_ milliseconds: Int64) -> Int64 { settings.timers.scaled(milliseconds) }

    mutating func schedule(_ timer: SessionTimer, after milliseconds: Int64) {
        actions.append(.schedule(timer, after: scaled(milliseconds)))
    }

    mutating func run(_ steps: [WebSocketManager.Step]) {
        for step in steps {
            switch step {
            case .createTransport: createTransport()
            case .action(let action): actions.append(action)
            }
        }
    }

    private mutating func createTransport() {
        guard credentials != nil else { return }
        send(.createTransport, ["transportType": "web_socket"], for: .transport)
    }
}
