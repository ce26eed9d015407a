// SPDX-License-Identifier: Apache-2.0
import AgentModel
public import StreamsProtocol

/// The upstream half of the shared worker: one agent's session with the service.
///
/// A pure state machine: it takes an event and the current time and returns actions. Timers are actions and randomness
/// is seeded, so every race can be tested as a table row. Its parts are tokens (`TokenMachine`), calls and their retries
/// (`Session+Calls`), the two pollers (`Session+Snapshots`, `Session+Configuration`), immediate snapshots
/// (`Session+Sync`), clients' requests (`Session+Requests`) and the websocket (`WebSocketManager`).
public struct Session: Sendable {
    let settings: SessionSettings
    var random: SplitMix64
    var now = Moment(wall: 0, uptime: 0)
    var actions: [SessionAction] = []

    var tokens: TokenMachine
    var calls: [CallID: PendingCall] = [:]
    var nextCall = 1
    var budget = RetryBudget()
    var pauses = ServicePauses()
    /// The token of the call whose end is being handled; nil for none. Its 401 says nothing about a newer token.
    var endingToken: Secret?
    /// True from new cookies to the first token with them: they may be another person's.
    var startsOver = false
    /// True while the 401s of held calls are delivered.
    var isSettling = false
    var snapshots = SnapshotPolling()
    var syncs = SnapshotSync()
    var configurations = ConfigurationPolling()
    var webSockets: WebSocketManager
    /// The state of the sign-in that was told last; nil before the start.
    var toldAuth: DaemonStatus.Auth?
    var link = SessionStatus.Link(state: .idle, since: 0)
    var linkWatch = LinkWatch()
    /// The state of the link that was told last; nil before the start.
    var toldLink: DaemonStatus.LinkNote?
    var endings = ContactEndings()
    var quickConnects = QuickConnects()
    var settingsChanges = SettingsChanges()
    var logs = ClientLogs()
    var recovery = DisasterRecovery()
    /// The logout that is under way or waits for the last contact; nil if there is none.
    var logout: Logout?
    /// The number of the last logout.
    var lastLogout = 0
    /// True from a logout to the next token. What clients send meanwhile may be about the former agent.
    var isLoggedOut = false
    /// True once the pollers have started.
    var isPolling = false
    var isTerminated = false
    var isStopped = false

    /// The session does nothing until `SessionEvent.start`.
    ///
    /// - Parameter seed: determines the jitter of every retry.
    public init(settings: SessionSettings, seed: UInt64) {
        self.settings = settings
        random = SplitMix64(seed: seed)
        tokens = TokenMachine(
            source: settings.source.tokenSource, timers: settings.timers, seed: seed ^ 0x54_6F6B_656E_7300)
        webSockets = WebSocketManager(settings: settings, seed: seed ^ 0x5765_6253_6F63_6B65)
    }

    /// Returns the actions for an event, in the order in which they must be carried out.
    public mutating func handle(_ event: SessionEvent, at now: Moment) -> [SessionAction] {
        self.now = now
        actions = []
        if !isStopped {
            route(event)
            noteAuth()
            noteLink()
        }
        defer { actions = [] }
        return actions
    }

    private mutating func route(_ event: SessionEvent) {
        switch event {
        case .start: start()
        case .stop: stop()
        case .configure(let data): configure(data)
        case .call(let ticket, let method, let params, let deadline): call(ticket, method, params, deadline)
        case .sync(let ticket): sync(.client(ticket))
        case .quickConnects(let ticket, let queueARNs): fetchQuickConnects(.request(ticket), queueARNs)
        case .updateSettings(let ticket, let patch): changeSettings(ticket, patch)
        case .reloadConfiguration: if credentials != nil { beginConfigurationRound() }
        case .logs(let entries): collectLogs(entries)
        case .terminate: terminate()
        case .suppress(let data): suppress(data)
        case .forceOffline(let data): forceOffline(data)
        case .initDRPolling(let data): beginActiveRegionPolling(data)
        case .proxy(let data): proxy(data)
        case .subscribe(let topics): run(webSockets.handle(.subscribe(topics), at: now))
        case .sendFrame(let frame): run(webSockets.handle(.send(frame), at: now))
        case .logout(let ticket, let moment): logOut(ticket, moment)
        case .credentialsForgotten(let problem): credentialsForgotten(problem)
        case .beginSignIn(let ticket, let isFirst): beginSignIn(ticket, isFirst: isFirst)
        case .abandonSignIn(let ticket, let id): abandonSignIn(ticket, id: id)
        case .portClosed(let port): run(tokens.handle(.portClosed(port), at: now))
        case .credentialsChanged:
            // The present cookies are about to be removed.
            if logout?.isUnderWay == true { break }
            startsOver = true
            endLogout(ProtocolError(.conflict, "there is another sign-in"))
            run(tokens.handle(.credentialsChanged, at: now))
        case .timer(let timer): fire(timer)
        case .http(let id, let outcome): ended(id, outcome)
        case .webSocket(let id, .closed(let code, let reason)):
            let reason = secrets.removed(from: reason)
            run(webSockets.handle(.signal(id, .closed(code: code, reason: reason)), at: now))
        case .webSocket(let id, let signal): run(webSockets.handle(.signal(id, signal), at: now))
        }
    }

    private mutating func fire(_ timer: SessionTimer) {
        switch timer {
        case .snapshot: isTerminated ? pollWithoutClient() : pollSnapshot()
        case .configuration: beginConfigurationRound()
        case .tokenCheck: run(tokens.handle(.checkDue, at: now))
        case .authorize, .newToken: run(tokens.handle(.attemptDue, at: now))
        case .credentials: run(tokens.handle(.credentialsDue, at: now))
        case .prompt: run(tokens.handle(.promptDue, at: now))
        case .logout: logoutTimedOut()
        case .callRetry(let id): retry(id)
        case .link: linkWatch.timer = nil
        case .clear(let number): clearTimedOut(number)
        case .polling: beginPolling()
        case .activeRegion: askActiveRegion()
        case .restart: begin()
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

    /// Called when createTransport has ended, successfully or not, as in the real worker, or after `pollingDelay` if it has
    /// not ended by then.
    mutating func beginPolling() {
        guard !isPolling, credentials != nil else { return }
        isPolling = true
        pollSnapshot()
        beginConfigurationRound()
    }

    private mutating func configure(_ data: JSON) {
        guard loggingOut == nil else {
            return actions.append(.log(.warning, "a configure was ignored: the session is being logged out"))
        }
        run(tokens.handle(.configure(data), at: now))
    }

    private mutating func stop() {
        isStopped = true
        endLogout(ProtocolError(.unavailable, "the daemon is stopping", hint: Self.statusHint, retryable: true))
        abandonCalls(.service(.stopping))
        abandonClears(.service(.stopping))
        let stopping = ProtocolError(.unavailable, "the daemon is stopping", hint: Self.statusHint, retryable: true)
        endSyncs(stopping)
        endRequests(stopping)
        run(webSockets.handle(.stop, at: now))
    }

    /// Cancels all calls. Clients are answered with this failure.
    mutating func abandonCalls(_ failure: CallOutcome.Failure) {
        for (id, call) in calls.sorted(by: { $0.key.number < $1.key.number }) {
            actions.append(.cancel(id))
            if let ticket = call.ticket { actions.append(.answer(ticket, .failure(failure))) }
        }
        calls = [:]
    }

    /// Cancels calls and their retries; their results are ignored.
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
            case .action(.log(let level, let text, let fields)):
                actions.append(.log(level, text, fields.mapValues(secrets.removed)))
            case .action(let action): actions.append(action)
            }
        }
    }

    private mutating func createTransport() {
        guard credentials != nil else { return }
        send(.createTransport, ["transportType": "web_socket"], for: .transport)
    }
}
