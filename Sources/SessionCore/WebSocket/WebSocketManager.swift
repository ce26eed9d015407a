import AgentModel
import StreamsProtocol

/// Keeps one websocket to the service open, and every wanted topic subscribed on it.
///
/// There is a `primary`, which counts, and at times a `candidate`: the next one, being opened because there is no
/// primary, or because the primary is at the end of its life or has gone silent. A candidate becomes the primary when
/// there is none, or as soon as it holds every topic; only then is the old one closed, so that no message falls between.
struct WebSocketManager: Sendable {
    enum Input: Equatable {
        case start
        case stop
        case transport(JSON)
        /// createTransport failed for good.
        case transportFailed(isNetwork: Bool)
        case timer(WebSocketTimer)
        case signal(WebSocketID, WebSocketSignal)
        case subscribe([String])
        case send(JSON)
    }

    enum Step: Equatable {
        case createTransport
        case action(SessionAction)
    }

    /// Topics beyond this many are not taken: each is asked for on every websocket anew.
    private static let topicLimit = 256

    private let timers: SessionTimers
    private let allowsPlainLoopback: Bool
    private var backoff: WebSocketBackoff
    private var now = Moment(wall: 0, uptime: 0)
    private var steps: [Step] = []

    private var isRunning = false
    private var isAsking = false
    /// True while the next createTransport waits for its time.
    private var isWaiting = false
    private var transport: Transport?
    private var primary: WebSocketLine?
    private var candidate: WebSocketLine?
    private var nextID = 1
    /// When the last open websocket was lost, in milliseconds since 1970.
    private var lostAt: Int64?
    /// When `status.state` last changed, in milliseconds since 1970.
    var stateSince: Int64 = 0
    private var wanted: [String] = []
    /// True from a createTransport that failed otherwise than by the network, said once, to the next that succeeds.
    private(set) var hasFailed = false

    private struct Transport: Equatable {
        let url: Secret
        let acquired: Int64
        let lifetime: Int64
    }

    init(settings: SessionSettings, seed: UInt64) {
        timers = settings.timers
        allowsPlainLoopback = settings.allowsPlainLoopbackWebSocket
        backoff = WebSocketBackoff(timers: settings.timers, seed: seed)
    }

    var status: DaemonStatus.WebSocket {
        let state: DaemonStatus.WebSocket.State = primary != nil ? .open : isRunning ? .connecting : .idle
        return DaemonStatus.WebSocket(state: state, since: stateSince, topics: wanted)
    }

    mutating func handle(_ input: Input, at now: Moment) -> [Step] {
        self.now = now
        steps = []
        switch input {
        case .start: start()
        case .stop: stop()
        case .transport(let answer): takeTransport(answer)
        case .transportFailed(let isNetwork): transportFailed(isNetwork: isNetwork)
        case .timer(let timer): fire(timer)
        case .signal(let id, .opened): opened(id)
        case .signal(let id, .text(let bytes)): received(id, bytes)
        case .signal(let id, .closed(let code, let reason)): closed(id, code, reason)
        case .subscribe(let topics): subscribe(topics)
        case .send(let frame): send(frame)
        }
        defer { steps = [] }
        return steps
    }

    // MARK: Coming and going

    private mutating func start() {
        guard !isRunning else { return }
        isRunning = true
        stateSince = now.wall
        connect()
    }

    private mutating func stop() {
        isRunning = false
        isAsking = false
        if isWaiting { act(.unschedule(.webSocket(.transport))) }
        isWaiting = false
        transport = nil
        lostAt = nil
        stateSince = now.wall
        for line in [primary, candidate].compactMap(\.self) {
            act(.closeWebSocket(line.id, code: 1000))
            unschedule(line)
        }
        primary = nil
        candidate = nil
    }

    private mutating func fire(_ timer: WebSocketTimer) {
        switch timer {
        case .transport:
            isWaiting = false
            connect()
        case .open(let id): tookTooLong(id)
        case .heartbeat(let id): heartbeat(id)
        case .lifetime(let id): if primary?.id == id { connect() }
        case .subscription(let id): onLine(id) { $0.subscription.timeout() }
        }
    }

    /// Asks for a transport, unless a new websocket is on its way already.
    private mutating func connect() {
        guard isRunning, candidate == nil, !isAsking else { return }
        if isWaiting { act(.unschedule(.webSocket(.transport))) }
        isWaiting = false
        isAsking = true
        steps.append(.createTransport)
    }

    private mutating func takeTransport(_ answer: JSON) {
        isAsking = false
        guard isRunning else { return }
        do throws(WebSocketOfferProblem) {
            let offer = try WebSocketOffer(answer, plainLoopback: allowsPlainLoopback)
            backoff.transportSucceeded()
            hasFailed = false
            // A life of more than a week is as good as for ever, and does not overflow.
            let lifetime = Int64(min(offer.lifetime, 7 * 86_400)) * 1000
            transport = Transport(url: offer.url, acquired: now.uptime, lifetime: lifetime)
            open()
        } catch {
            act(.log(.error, error.message))
            transportFailed(isNetwork: false)
        }
    }

    private mutating func transportFailed(isNetwork: Bool) {
        isAsking = false
        if !isNetwork, !hasFailed {
            hasFailed = true
            act(.publish(EventName.webSocketInitFailure))
        }
        dropSilentPrimary()
        connectLater(backoff.afterTransportFailure())
    }

    private mutating func open() {
        guard let transport else { return connect() }
        let id = WebSocketID(number: nextID)
        nextID += 1
        candidate = WebSocketLine(id: id, attempted: now, lifetime: transport.lifetime, timers: timers)
        act(.openWebSocket(id, url: transport.url))
        schedule(.open(id), after: backoff.openLimit())
    }

    private mutating func tookTooLong(_ id: WebSocketID) {
        guard let line = candidate, line.id == id, line.opened == nil else { return }
        act(.closeWebSocket(id, code: 1000))
        candidate = nil
        backoff.openTimedOut()
        dropSilentPrimary()
        let isFresh = transport.map { now.uptime - $0.acquired < timers.webSocketURLValidity } ?? false
        isFresh ? open() : connect()
    }

    private mutating func opened(_ id: WebSocketID) {
        guard var line = candidate, line.id == id, line.opened == nil else { return }
        line.opened = now
        act(.unschedule(.webSocket(.open(id))))
        if primary == nil {
            act(.publish(EventName.agentWebSocketGained))
            act(.publish(EventName.webSocketConnectionGain))
        }
        act(
            .publish(
                EventName.webSocketConnectionOpen,
                [
                    "connectWebSocketRetryCount": .int(backoff.openTimeouts),
                    "connectionAttemptStartTime": .int(Int(line.attempted.wall)),
                    "noOpenConnectionsTimestamp": lostAt.map { .int(Int($0)) } ?? .null,
                    "connectionEstablishedTime": .int(Int(now.wall)),
                    "timeToConnect": .int(Int(now.uptime - line.attempted.uptime)),
                    "timeWithoutConnection": lostAt.map { .int(Int(now.wall - $0)) } ?? .null,
                ]))
        lostAt = nil
        backoff.opened()
        candidate = line
        beat(id)
        schedule(.lifetime(id), after: line.lifetime)
        if primary == nil { promote() }
        onLine(id) { [wanted] in $0.subscription.want(wanted) }
        promoteIfReady()
    }

    private mutating func closed(_ id: WebSocketID, _ code: Int, _ reason: String) {
        if let line = primary, line.id == id {
            primary = nil
            report(line, code, reason)
            if candidate?.opened != nil { return promote() }
            lose(line, code, reason)
            // A websocket that hardly lived counts as refused, lest we open and lose one as fast as we can.
            let lived = now.uptime - (line.opened ?? now).uptime
            if lived < timers.webSocketRetryBase { return retryLater() }
            backoff.lived()
            connect()
        } else if let line = candidate, line.id == id {
            candidate = nil
            report(line, code, reason)
            if primary == nil { lose(line, code, reason) }
            dropSilentPrimary()
            retryLater()
        }
    }

    private mutating func retryLater() {
        guard candidate == nil, !isAsking else { return }
        connectLater(backoff.afterRefusal())
    }

    private mutating func connectLater(_ wait: Int64) {
        isWaiting = true
        schedule(.transport, after: wait)
    }

    /// A primary that has gone silent and cannot be replaced just now is a lost one.
    private mutating func dropSilentPrimary() {
        guard let line = primary, line.isSilent else { return }
        act(.closeWebSocket(line.id, code: 1000))
        primary = nil
        report(line, 1006, "")
        lose(line, 1006, "")
    }

    private mutating func promoteIfReady() {
        if let line = candidate, line.opened != nil, line.subscription.holds(wanted) { promote() }
    }

    private mutating func promote() {
        guard let line = candidate else { return }
        let old = primary
        primary = line
        candidate = nil
        if old == nil { stateSince = now.wall }
        if let old {
            act(.closeWebSocket(old.id, code: 1000))
            report(old, 1000, "")
        }
    }

    private mutating func report(_ line: WebSocketLine, _ code: Int, _ reason: String) {
        unschedule(line)
        act(.publish(EventName.webSocketConnectionClose, line.closeReport(at: now, code, reason)))
    }

    private mutating func unschedule(_ line: WebSocketLine) {
        for timer in [WebSocketTimer.heartbeat(line.id), .lifetime(line.id), .subscription(line.id), .open(line.id)] {
            act(.unschedule(.webSocket(timer)))
        }
    }

    private mutating func lose(_ line: WebSocketLine, _ code: Int, _ reason: String) {
        guard lostAt == nil else { return }
        lostAt = now.wall
        stateSince = now.wall
        let data = line.closeReport(at: now, code, reason)
        act(.publish(EventName.agentWebSocketLost, data))
        act(.publish(EventName.webSocketConnectionLost, data))
    }

    // MARK: What is said on it

    private mutating func heartbeat(_ id: WebSocketID) {
        guard let line = line(id) else { return }
        guard line.isAwaitingHeartbeat else { return beat(id) }
        if primary?.id == id {
            // Still silent after the next one: what it might yet say is not worth what the candidate is told meanwhile.
            if line.isSilent, candidate?.opened != nil { return promote() }
            primary?.isSilent = true
            schedule(.heartbeat(id), after: timers.webSocketHeartbeat)
            connect()
        } else {
            act(.closeWebSocket(id, code: 1000))
            closed(id, 1006, "")
        }
    }

    private mutating func beat(_ id: WebSocketID) {
        act(.sendText(id, WebSocketFrame.heartbeat))
        onLine(id) {
            $0.isAwaitingHeartbeat = true
            return []
        }
        schedule(.heartbeat(id), after: timers.webSocketHeartbeat)
    }

    private mutating func received(_ id: WebSocketID, _ bytes: [UInt8]) {
        guard line(id) != nil, let frame = try? JSON(parsing: bytes), frame.object != nil else { return }
        guard let topic = frame["topic"]?.string, !topic.isEmpty else {
            if let message = frame["message"]?.string {
                act(.log(.warning, "the websocket says", ["message": String(message.prefix(200))]))
            }
            return
        }
        switch topic {
        case WebSocketFrame.heartbeatTopic:
            onLine(id) {
                $0.isAwaitingHeartbeat = false
                $0.isSilent = false
                return []
            }
        case WebSocketFrame.subscribeTopic:
            onLine(id) { $0.subscription.answered(frame) }
            promoteIfReady()
        default: if primary?.id == id { act(.publish(EventName.webSocketAllMessage, frame)) }
        }
    }

    private mutating func subscribe(_ topics: [String]) {
        for topic in topics where wanted.count < Self.topicLimit {
            if !topic.isEmpty, topic.utf8.count <= 256, !wanted.contains(topic) { wanted.append(topic) }
        }
        for id in [primary?.id, candidate?.id].compactMap(\.self) where line(id)?.opened != nil {
            onLine(id) { [wanted] in $0.subscription.want(wanted) }
        }
    }

    private mutating func send(_ frame: JSON) {
        guard let topic = frame["topic"]?.string, !topic.isEmpty, !WebSocketFrame.reserved.contains(topic) else {
            return
        }
        guard let id = primary?.id else {
            return act(.log(.warning, "a websocket frame of a client was dropped: no websocket is open"))
        }
        act(.sendText(id, frame.encoded))
    }

    // MARK: Small things

    private func line(_ id: WebSocketID) -> WebSocketLine? {
        [primary, candidate].compactMap(\.self).first { $0.id == id }
    }

    /// Changes one of the lines, and carries out what its subscription wants.
    private mutating func onLine(_ id: WebSocketID, _ change: (inout WebSocketLine) -> [Subscription.Step]) {
        var wishes: [Subscription.Step] = []
        if primary?.id == id, var line = primary {
            wishes = change(&line)
            primary = line
        } else if candidate?.id == id, var line = candidate {
            wishes = change(&line)
            candidate = line
        }
        for wish in wishes {
            switch wish {
            case .send(let topics): act(.sendText(id, WebSocketFrame.subscribe(topics)))
            case .wait(let milliseconds): schedule(.subscription(id), after: milliseconds)
            case .settled: act(.unschedule(.webSocket(.subscription(id))))
            case .update(let frame): act(.publish(EventName.webSocketSubscriptionUpdate, frame))
            case .failure(let frame): act(.publish(EventName.webSocketSubscriptionFailure, frame))
            }
        }
    }

    private mutating func act(_ action: SessionAction) { steps.append(.action(action)) }

    private mutating func schedule(_ timer: WebSocketTimer, after milliseconds: Int64) {
        act(.schedule(.webSocket(timer), after: timers.scaled(milliseconds)))
    }
}
