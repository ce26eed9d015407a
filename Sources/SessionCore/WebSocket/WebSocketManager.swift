// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Keeps one websocket to the service open, with every wanted topic subscribed.
///
/// The `primary` is the websocket in use. A `candidate` is opened when there is no primary, when the primary's lifetime is
/// over, or when the primary no longer echoes heartbeats. It becomes the primary at once if there is none. Otherwise it
/// replaces the primary when it holds every topic, or when the primary has missed a second heartbeat. The old primary is
/// closed only then, so no message is lost.
struct WebSocketManager: Sendable {
    enum Input: Equatable {
        case start
        case stop
        /// The same, and the next session starts from nothing.
        case forget
        case transport(JSON)
        /// createTransport failed after all retries.
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

    /// Further topics are ignored, because every topic is requested again on each new websocket.
    private static let topicLimit = 256

    private let timers: SessionTimers
    private let allowsPlainLoopback: Bool
    private var backoff: WebSocketBackoff
    private var now = Moment(wall: 0, uptime: 0)
    private var steps: [Step] = []

    private var isRunning = false
    /// True while createTransport is under way.
    private var isRequesting = false
    /// True while the timer for the next createTransport runs.
    private var isRetryScheduled = false
    private var transport: Transport?
    private var primary: WebSocketConnection?
    private var candidate: WebSocketConnection?
    private var nextID = 1
    /// When the service last opened a websocket or sent a frame, on the clock of `Moment.uptime`.
    private(set) var lastSign = Int64.min
    /// When `lacksSocket` last became true, on the same clock.
    private var lastLack = Int64.min
    /// When the last open websocket was lost, in milliseconds since 1970.
    private var lostAt: Int64?
    /// When `status.state` last changed, in milliseconds since 1970.
    var stateSince: Int64 = 0
    private var wanted: [String] = []
    /// True after createTransport failed for another reason than the network, until it succeeds. Such a failure is published
    /// once.
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

    /// When the heartbeat was sent that has no echo yet, on the clock of `Moment.uptime`; nil if there is none.
    var unansweredHeartbeat: Int64? { primary?.heartbeatSent }

    /// Since when no websocket has been open without createTransport being under way, on the clock of `Moment.uptime`; nil
    /// if that is not so.
    var lackingSince: Int64? { lacksSocket ? lastLack : nil }

    private var lacksSocket: Bool { isRunning && primary == nil && !isRequesting }

    mutating func handle(_ input: Input, at now: Moment) -> [Step] {
        self.now = now
        steps = []
        let lackedSocket = lacksSocket
        switch input {
        case .start: start()
        case .stop: stop()
        case .forget:
            stop()
            (wanted, hasFailed) = ([], false)
            backoff.reset()
        case .transport(let answer): transportReceived(answer)
        case .transportFailed(let isNetwork): transportFailed(isNetwork: isNetwork)
        case .timer(let timer): fire(timer)
        case .signal(let id, .opened): opened(id)
        case .signal(let id, .text(let bytes)): received(id, bytes)
        case .signal(let id, .closed(let code, let reason)): closed(id, code, reason)
        case .subscribe(let topics): subscribe(topics)
        case .send(let frame): send(frame)
        }
        if lacksSocket, !lackedSocket { lastLack = now.uptime }
        defer { steps = [] }
        return steps
    }

    // MARK: Opening and closing

    private mutating func start() {
        guard !isRunning else { return }
        isRunning = true
        stateSince = now.wall
        connect()
    }

    private mutating func stop() {
        isRunning = false
        isRequesting = false
        if isRetryScheduled { act(.unschedule(.webSocket(.transport))) }
        isRetryScheduled = false
        transport = nil
        lostAt = nil
        stateSince = now.wall
        for connection in [primary, candidate].compactMap(\.self) {
            act(.closeWebSocket(connection.id, code: 1000))
            unschedule(connection)
        }
        primary = nil
        candidate = nil
    }

    private mutating func fire(_ timer: WebSocketTimer) {
        switch timer {
        case .transport:
            isRetryScheduled = false
            connect()
        case .open(let id): openTimedOut(id)
        case .heartbeat(let id): heartbeat(id)
        case .lifetime(let id): if primary?.id == id { connect() }
        case .subscription(let id): update(id) { $0.subscription.timeout() }
        }
    }

    /// Requests a transport, unless a new websocket is already being opened.
    private mutating func connect() {
        guard isRunning, candidate == nil, !isRequesting else { return }
        if isRetryScheduled { act(.unschedule(.webSocket(.transport))) }
        isRetryScheduled = false
        isRequesting = true
        steps.append(.createTransport)
    }

    private mutating func transportReceived(_ answer: JSON) {
        isRequesting = false
        guard isRunning else { return }
        do throws(WebSocketOfferProblem) {
            let offer = try WebSocketOffer(answer, plainLoopback: allowsPlainLoopback)
            backoff.transportSucceeded()
            hasFailed = false
            // Limited to a week, because a huge value would overflow.
            let lifetime = Int64(min(offer.lifetime, 7 * 86_400)) * 1000
            transport = Transport(url: offer.url, acquired: now.uptime, lifetime: lifetime)
            open()
        } catch {
            act(.log(.error, error.message))
            transportFailed(isNetwork: false)
        }
    }

    private mutating func transportFailed(isNetwork: Bool) {
        isRequesting = false
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
        candidate = WebSocketConnection(id: id, attempted: now, lifetime: transport.lifetime, timers: timers)
        act(.openWebSocket(id, url: transport.url))
        schedule(.open(id), after: backoff.openLimit())
    }

    private mutating func openTimedOut(_ id: WebSocketID) {
        guard let connection = candidate, connection.id == id, connection.opened == nil else { return }
        act(.closeWebSocket(id, code: 1000))
        candidate = nil
        backoff.openTimedOut()
        dropSilentPrimary()
        let isFresh = transport.map { now.uptime - $0.acquired < timers.webSocketURLValidity } ?? false
        isFresh ? open() : connect()
    }

    private mutating func opened(_ id: WebSocketID) {
        guard var connection = candidate, connection.id == id, connection.opened == nil else { return }
        connection.opened = now
        lastSign = now.uptime
        act(.unschedule(.webSocket(.open(id))))
        if primary == nil {
            act(.log(.info, "the websocket is open"))
            act(.publish(EventName.agentWebSocketGained))
            act(.publish(EventName.webSocketConnectionGain))
        }
        act(
            .publish(
                EventName.webSocketConnectionOpen,
                [
                    "connectWebSocketRetryCount": .int(backoff.openTimeouts),
                    "connectionAttemptStartTime": .int(Int(connection.attempted.wall)),
                    "noOpenConnectionsTimestamp": lostAt.map { .int(Int($0)) } ?? .null,
                    "connectionEstablishedTime": .int(Int(now.wall)),
                    "timeToConnect": .int(Int(now.uptime - connection.attempted.uptime)),
                    "timeWithoutConnection": lostAt.map { .int(Int(now.wall - $0)) } ?? .null,
                ]))
        lostAt = nil
        backoff.opened()
        candidate = connection
        beat(id)
        schedule(.lifetime(id), after: connection.lifetime)
        if primary == nil { promote() }
        update(id) { [wanted] in $0.subscription.request(wanted) }
        promoteIfReady()
    }

    private mutating func closed(_ id: WebSocketID, _ code: Int, _ reason: String) {
        if let connection = primary, connection.id == id {
            primary = nil
            reportClose(connection, code, reason)
            if candidate?.opened != nil { return promote() }
            reportLoss(connection, code, reason)
            // A websocket that was open only briefly counts as refused. Without the back-off, websockets would be opened and
            // lost in a tight loop.
            let lived = now.uptime - (connection.opened ?? now).uptime
            if lived < timers.webSocketRetryBase { return retryLater() }
            backoff.lived()
            connect()
        } else if let connection = candidate, connection.id == id {
            candidate = nil
            reportClose(connection, code, reason)
            if primary == nil { reportLoss(connection, code, reason) }
            dropSilentPrimary()
            retryLater()
        }
    }

    private mutating func retryLater() {
        guard candidate == nil, !isRequesting else { return }
        connectLater(backoff.afterRefusal())
    }

    private mutating func connectLater(_ wait: Int64) {
        isRetryScheduled = true
        schedule(.transport, after: wait)
    }

    /// A silent primary counts as lost when its replacement fails.
    private mutating func dropSilentPrimary() {
        guard let connection = primary, connection.isSilent else { return }
        act(.closeWebSocket(connection.id, code: 1000))
        primary = nil
        reportClose(connection, 1006, "")
        reportLoss(connection, 1006, "")
    }

    private mutating func promoteIfReady() {
        if let connection = candidate, connection.opened != nil, connection.subscription.holds(wanted) { promote() }
    }

    private mutating func promote() {
        guard let connection = candidate else { return }
        let old = primary
        primary = connection
        candidate = nil
        if old == nil { stateSince = now.wall }
        if let old {
            act(.closeWebSocket(old.id, code: 1000))
            reportClose(old, 1000, "")
        }
    }

    private mutating func reportClose(_ connection: WebSocketConnection, _ code: Int, _ reason: String) {
        unschedule(connection)
        act(.publish(EventName.webSocketConnectionClose, connection.closeReport(at: now, code, reason)))
    }

    private mutating func unschedule(_ connection: WebSocketConnection) {
        let id = connection.id
        for timer in [WebSocketTimer.heartbeat(id), .lifetime(id), .subscription(id), .open(id)] {
            act(.unschedule(.webSocket(timer)))
        }
    }

    private mutating func reportLoss(_ connection: WebSocketConnection, _ code: Int, _ reason: String) {
        guard lostAt == nil else { return }
        lostAt = now.wall
        stateSince = now.wall
        let event = connection.opened == nil ? "the websocket could not be opened" : "the websocket was lost"
        act(.log(.info, event, ["code": String(code), "why": String(reason.prefix(200))]))
        let data = connection.closeReport(at: now, code, reason)
        act(.publish(EventName.agentWebSocketLost, data))
        act(.publish(EventName.webSocketConnectionLost, data))
    }

    // MARK: Frames

    private mutating func heartbeat(_ id: WebSocketID) {
        guard let connection = connection(id) else { return }
        guard connection.heartbeatSent != nil else { return beat(id) }
        if primary?.id == id {
            // The primary missed a second heartbeat. Waiting longer would lose the messages that only the candidate receives.
            if connection.isSilent, candidate?.opened != nil { return promote() }
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
        update(id) { [now] in
            $0.heartbeatSent = now.uptime
            return []
        }
        schedule(.heartbeat(id), after: timers.webSocketHeartbeat)
    }

    private mutating func received(_ id: WebSocketID, _ bytes: [UInt8]) {
        guard connection(id) != nil else { return }
        lastSign = now.uptime
        guard let frame = try? JSON(parsing: bytes), frame.object != nil else { return }
        guard let topic = frame["topic"]?.string, !topic.isEmpty else {
            if let message = frame["message"]?.string {
                act(
                    .log(
                        .warning, "the service sent a message on the websocket",
                        ["message": String(message.prefix(200))]))
            }
            return
        }
        switch topic {
        case WebSocketFrame.heartbeatTopic:
            update(id) {
                $0.heartbeatSent = nil
                $0.isSilent = false
                return []
            }
        case WebSocketFrame.subscribeTopic:
            update(id) { $0.subscription.answered(frame) }
            promoteIfReady()
        default: if primary?.id == id { act(.publish(EventName.webSocketAllMessage, frame)) }
        }
    }

    private mutating func subscribe(_ topics: [String]) {
        for topic in topics where wanted.count < Self.topicLimit {
            if !topic.isEmpty, topic.utf8.count <= 256, !wanted.contains(topic) { wanted.append(topic) }
        }
        for id in [primary?.id, candidate?.id].compactMap(\.self) where connection(id)?.opened != nil {
            update(id) { [wanted] in $0.subscription.request(wanted) }
        }
    }

    private mutating func send(_ frame: JSON) {
        guard let topic = frame["topic"]?.string, !topic.isEmpty, !WebSocketFrame.reserved.contains(topic) else {
            return
        }
        guard let id = primary?.id else {
            return act(.log(.warning, "a client's websocket frame was dropped: no websocket is open"))
        }
        act(.sendText(id, frame.encoded))
    }

    // MARK: Helpers

    private func connection(_ id: WebSocketID) -> WebSocketConnection? {
        [primary, candidate].compactMap(\.self).first { $0.id == id }
    }

    /// Changes one of the websockets and carries out the steps of its subscription.
    private mutating func update(_ id: WebSocketID, _ change: (inout WebSocketConnection) -> [Subscription.Step]) {
        var subscriptionSteps: [Subscription.Step] = []
        if primary?.id == id, var connection = primary {
            subscriptionSteps = change(&connection)
            primary = connection
        } else if candidate?.id == id, var connection = candidate {
            subscriptionSteps = change(&connection)
            candidate = connection
        }
        for step in subscriptionSteps {
            switch step {
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
