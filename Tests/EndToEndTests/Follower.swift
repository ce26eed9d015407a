// SPDX-License-Identifier: Apache-2.0
import ConnectStreams

/// The client library's own event stream, which reconnects by itself, and a replica built from it.
final class Follower {
    private let stream: EventStream
    private(set) var replica = Replica()
    private(set) var subscriptions: [Subscribed] = []
    private(set) var lags = 0

    init(_ path: String) { stream = EventStream(path: path, Subscription(Subscriber.agentAndContacts)) }

    /// Reads what has arrived, without waiting for more.
    func follow() throws { while try readNext(before: .now) {} }

    /// Reads until the condition holds or the deadline passes.
    func follow(until deadline: ContinuousClock.Instant, _ condition: () -> Bool) throws {
        while !condition(), ContinuousClock.now < deadline { _ = try readNext(before: .now + .milliseconds(100)) }
    }

    private func readNext(before deadline: ContinuousClock.Instant) throws -> Bool {
        guard let update = try stream.next(before: deadline) else { return false }
        switch update {
        case .subscribed(let answer):
            subscriptions.append(answer)
            if answer.isFresh { replica.begin(answer.snapshot) }
        case .event(let event): replica.apply(event)
        case .lagged: lags += 1
        case .gone: break
        }
        return true
    }
}
