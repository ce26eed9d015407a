import ConnectStreams

/// The client library's own event stream, which comes back by itself, and what it makes of all that it is told.
final class Follower {
    private let stream: EventStream
    private(set) var picture = Picture()
    private(set) var subscriptions: [Subscribed] = []
    private(set) var lags = 0

    init(_ path: String) { stream = EventStream(path: path, Subscription(Subscriber.agentAndContacts)) }

    /// Takes what there is, without waiting for more.
    func follow() throws { while try take(before: .now) {} }

    /// Takes what comes until the condition holds.
    func follow(until deadline: ContinuousClock.Instant, _ condition: () -> Bool) throws {
        while !condition(), ContinuousClock.now < deadline { _ = try take(before: .now + .milliseconds(100)) }
    }

    private func take(before deadline: ContinuousClock.Instant) throws -> Bool {
        guard let update = try stream.next(before: deadline) else { return false }
        switch update {
        case .subscribed(let answer):
            subscriptions.append(answer)
            if answer.isFresh { picture.begin(answer.snapshot) }
        case .event(let event): picture.take(event)
        case .lagged: lags += 1
        case .gone: break
        }
        return true
    }
}
