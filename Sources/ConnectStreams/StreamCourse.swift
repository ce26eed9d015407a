import AgentModel
import StreamsProtocol

/// What an event stream does at each turn: connects, subscribes, hands out events, begins again. Pure: it is told what
/// happened, and says what to do.
struct StreamCourse {
    enum Event {
        case connected
        case message(ServerMessage)
        /// The connection could not be made, or ended.
        case ended(ConnectionError)
        /// What was to be listened for did not come in time.
        case silence
        /// The pause is over.
        case rested
    }

    enum Step: Equatable {
        case connect
        case subscribe(requestId: String, parameters: JSON)
        /// Listen, and for how long at most before it counts as silence (nil: for ever).
        case listen(Duration?)
        case tell(EventStream.Update)
        case hangUp
        case rest(Duration)
        case fail(StreamFailure)
    }

    private enum State: Equatable {
        case connecting, greeting, subscribing(String), live, resting, over
    }

    static let longestPause = Duration.seconds(2)
    static let patience = Duration.seconds(10)

    private let subscription: Subscription
    private let firstPause: Duration
    private var state = State.connecting
    private var pause: Duration
    private var requests = 0
    /// The last clock seen: where to go on.
    private(set) var clock: String?
    /// True once there was a subscription: from then on what ends is waited for.
    private var hasBegun = false
    private var isGone = false

    init(_ subscription: Subscription, firstPause: Duration) {
        self.subscription = subscription
        self.firstPause = firstPause
        pause = firstPause
        clock = subscription.since
    }

    func begin() -> [Step] { [.connect] }

    mutating func handle(_ event: Event) -> [Step] {
        switch (state, event) {
        case (.over, _): return []
        case (.connecting, .connected):
            state = .greeting
            return [.listen(Self.patience)]
        case (.resting, .rested):
            state = .connecting
            return [.connect]
        case (_, .message(let message)): return take(message)
        case (_, .ended(let error)): return lose(error)
        case (_, .silence): return lose(.timeout)
        case (_, .connected), (_, .rested): return []
        }
    }

    // MARK: Messages

    private mutating func take(_ message: ServerMessage) -> [Step] {
        if message.isResumption, state != .greeting { return resumed() }
        switch state {
        case .greeting: return greeted(message)
        case .subscribing(let id): return answered(message, id)
        case .live: return live(message)
        case .connecting, .resting, .over: return []
        }
    }

    private mutating func greeted(_ message: ServerMessage) -> [Step] {
        let isWelcome = message.event == EventName.acknowledge && message.data.flatMap { Welcome(json: $0) } != nil
        return isWelcome ? subscribe() : []
    }

    private mutating func subscribe() -> [Step] {
        requests += 1
        let id = "subscribe-\(requests)"
        state = .subscribing(id)
        let since = hasBegun && !subscription.resumes ? nil : clock
        return [
            .subscribe(requestId: id, parameters: subscription.parameters(since: since)), .listen(Self.patience),
        ]
    }

    /// Lines before the answer are of the Streams dialect still: the answer's snapshot has all that they say.
    private mutating func answered(_ message: ServerMessage, _ id: String) -> [Step] {
        guard message.event == EventName.response, message.data?["requestId"]?.string == id else { return [] }
        if let error = message.data?["err"], !error.isNull { return refused(ProtocolFailure(json: error)) }
        let answer = Subscribed(json: message.data?["data"] ?? .null)
        clock = answer.clock ?? clock
        state = .live
        (hasBegun, isGone) = (true, false)
        return [.tell(.subscribed(answer)), .listen(nil)]
    }

    private mutating func live(_ message: ServerMessage) -> [Step] {
        if message.event == EventName.lagged {
            clock = message.data?["clock"]?.string ?? clock
            return [.tell(.lagged(Lag(message)))]
        }
        guard let event = StreamEvent(message) else { return [] }
        clock = event.clock
        // Only a connection that brings something earns the trust to be made again at once.
        pause = firstPause
        return [.tell(.event(event))]
    }

    /// The next daemon has the same connection, and has forgotten the subscription.
    private mutating func resumed() -> [Step] {
        let isNews = hasBegun && !isGone
        isGone = true
        return (isNews ? [.tell(.gone(.closedByDaemon(.restarted)))] : []) + subscribe()
    }

    // MARK: Ends

    private mutating func refused(_ failure: ProtocolFailure) -> [Step] {
        guard hasBegun, failure.retryable else { return fail(.refused(failure)) }
        if let wait = failure.retryAfterMs { pause = max(pause, .milliseconds(min(wait, 60_000))) }
        return lose(.closedByDaemon(.error(failure)))
    }

    private mutating func lose(_ error: ConnectionError) -> [Step] {
        guard hasBegun, !Self.isFinal(error) else { return fail(.connection(error)) }
        let gone: [Step] = isGone ? [] : [.tell(.gone(error))]
        let rest = pause
        isGone = true
        state = .resting
        pause = max(firstPause, min(pause * 2, Self.longestPause))
        return gone + [.hangUp, .rest(rest)]
    }

    private mutating func fail(_ failure: StreamFailure) -> [Step] {
        state = .over
        return [.hangUp, .fail(failure)]
    }

    /// What waiting does not mend.
    private static func isFinal(_ error: ConnectionError) -> Bool {
        switch error {
        case .noPermission, .pathTooLong: true
        case .closedByDaemon(.error(let failure)): !failure.retryable
        case .closedByDaemon, .notRunning, .timeout, .interrupted, .badLine, .system: false
        }
    }
}
