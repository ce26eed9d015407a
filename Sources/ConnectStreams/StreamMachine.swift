// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Decides what an event stream does next: connect, subscribe, deliver events, retry. Pure: takes events and returns
/// steps.
struct StreamMachine {
    enum Event {
        case connected
        case message(ServerMessage)
        /// The connection could not be made, or ended.
        case ended(ConnectionError)
        /// Nothing came before the timeout of `.receive`.
        case timedOut
        case pauseEnded
    }

    enum Step: Equatable {
        case connect
        case subscribe(requestId: String, parameters: JSON)
        /// Wait for a line, at most for this time (nil: forever).
        case receive(timeout: Duration?)
        case deliver(EventStream.Update)
        case disconnect
        case pause(Duration)
        case fail(StreamFailure)
    }

    private enum State: Equatable {
        case connecting, awaitingWelcome, subscribing(String), live, pausing, ended
    }

    static let longestPause = Duration.seconds(2)
    static let replyTimeout = Duration.seconds(10)

    private let subscription: Subscription
    private let firstPause: Duration
    private var state = State.connecting
    private var pause: Duration
    private var requests = 0
    /// The last clock received: where to continue.
    private(set) var clock: String?
    /// True after the first subscription. From then on a lost connection is retried.
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
        case (.ended, _): return []
        case (.connecting, .connected):
            state = .awaitingWelcome
            return [.receive(timeout: Self.replyTimeout)]
        case (.pausing, .pauseEnded):
            state = .connecting
            return [.connect]
        case (_, .message(let message)): return receive(message)
        case (_, .ended(let error)): return lose(error)
        case (_, .timedOut): return lose(.timeout)
        case (_, .connected), (_, .pauseEnded): return []
        }
    }

    // MARK: Messages

    private mutating func receive(_ message: ServerMessage) -> [Step] {
        if message.isResumption, state != .awaitingWelcome { return resumed() }
        switch state {
        case .awaitingWelcome: return welcomed(message)
        case .subscribing(let id): return answered(message, id)
        case .live: return live(message)
        case .connecting, .pausing, .ended: return []
        }
    }

    private mutating func welcomed(_ message: ServerMessage) -> [Step] {
        let isWelcome = message.event == EventName.acknowledge && message.data.flatMap { Welcome(json: $0) } != nil
        return isWelcome ? subscribe() : []
    }

    private mutating func subscribe() -> [Step] {
        requests += 1
        let id = "subscribe-\(requests)"
        state = .subscribing(id)
        let since = hasBegun && !subscription.resumes ? nil : clock
        return [
            .subscribe(requestId: id, parameters: subscription.parameters(since: since)),
            .receive(timeout: Self.replyTimeout),
        ]
    }

    /// Lines before the reply are still in the Streams dialect: the reply's snapshot contains the same information.
    private mutating func answered(_ message: ServerMessage, _ id: String) -> [Step] {
        guard message.event == EventName.response, message.data?["requestId"]?.string == id else { return [] }
        if let error = message.data?["err"], !error.isNull { return refused(ProtocolFailure(json: error)) }
        let answer = Subscribed(json: message.data?["data"] ?? .null)
        clock = answer.clock ?? clock
        state = .live
        (hasBegun, isGone) = (true, false)
        return [.deliver(.subscribed(answer)), .receive(timeout: nil)]
    }

    private mutating func live(_ message: ServerMessage) -> [Step] {
        if message.event == EventName.lagged {
            let lag = Lag(message)
            clock = lag.clock ?? clock
            return [.deliver(.lagged(lag))]
        }
        guard let event = StreamEvent(message, at: clock) else { return [] }
        clock = event.clock
        // Only a connection that delivers a new event resets the pause.
        if !event.isExisting { pause = firstPause }
        return [.deliver(.event(event))]
    }

    /// The next daemon has the same connection but not the subscription.
    private mutating func resumed() -> [Step] {
        let mustReport = hasBegun && !isGone
        isGone = true
        return (mustReport ? [.deliver(.gone(.closedByDaemon(.restarted)))] : []) + subscribe()
    }

    // MARK: Ends

    private mutating func refused(_ failure: ProtocolFailure) -> [Step] {
        guard hasBegun, failure.retryable else { return fail(.refused(failure)) }
        if let wait = failure.retryAfterMs { pause = max(pause, .milliseconds(min(wait, 60_000))) }
        return lose(.closedByDaemon(.error(failure)))
    }

    private mutating func lose(_ error: ConnectionError) -> [Step] {
        guard hasBegun || subscription.waits, !Self.isFinal(error) else { return fail(.connection(error)) }
        let gone: [Step] = isGone ? [] : [.deliver(.gone(error))]
        let currentPause = pause
        isGone = true
        state = .pausing
        pause = max(firstPause, min(pause * 2, Self.longestPause))
        return gone + [.disconnect, .pause(currentPause)]
    }

    private mutating func fail(_ failure: StreamFailure) -> [Step] {
        state = .ended
        return [.disconnect, .fail(failure)]
    }

    /// True if retrying does not cure the error.
    private static func isFinal(_ error: ConnectionError) -> Bool {
        switch error {
        case .noPermission, .pathTooLong: true
        case .closedByDaemon(.error(let failure)): !failure.retryable
        case .closedByDaemon, .notRunning, .timeout, .interrupted, .badLine, .system: false
        }
    }
}
