// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The topics that one websocket is subscribed to, and the requests for those that are missing.
struct Subscription: Equatable {
    enum Step: Equatable {
        case send([String])
        /// Call `timeout` after this many milliseconds.
        case wait(Int64)
        /// Cancel the wait: no reply or retry is outstanding.
        case settled
        /// Publish that the service granted the subscription.
        case update(JSON)
        /// Publish that the subscription failed.
        case failure(JSON)
    }

    private let timers: SessionTimers
    private var held: Set<String> = []
    private var pending: [String] = []
    /// Requests in a row without a reply.
    private var timeouts = 0
    /// Refusals in a row.
    private var refusals = 0
    /// True while the timer runs for the next attempt and not for a reply.
    private var isBackingOff = false

    /// A failure is published when `timeouts` exceeds `timeoutLimit` or when `refusals` reaches `refusalLimit`.
    private static let timeoutLimit = 3
    private static let refusalLimit = 5

    init(timers: SessionTimers) { self.timers = timers }

    func holds(_ topics: [String]) -> Bool { topics.allSatisfy(held.contains) }

    /// Requests the topics that are not held yet. `topics` is the complete list, including held ones.
    mutating func request(_ topics: [String]) -> [Step] {
        let missing = topics.filter { !held.contains($0) }
        guard missing != pending else { return [] }
        pending = missing
        guard !pending.isEmpty else { return [.settled] }
        timeouts = 0
        isBackingOff = false
        return ask()
    }

    /// The reply is overdue, or the back-off is over.
    mutating func timeout() -> [Step] {
        guard !pending.isEmpty else { return [] }
        if isBackingOff {
            isBackingOff = false
            return ask()
        }
        timeouts += 1
        guard timeouts > Self.timeoutLimit else { return ask() }
        // Reported once. The requests continue with growing back-off.
        let report: [Step] = timeouts == Self.timeoutLimit + 1 ? [.failure(failure)] : []
        isBackingOff = true
        return report + [.wait(backoff(timeouts - Self.timeoutLimit))]
    }

    /// Handles the service's `aws/subscribe` frame.
    mutating func answered(_ frame: JSON) -> [Step] {
        let topics = (frame["content"]?["topics"]?.array ?? []).compactMap(\.string)
        switch frame["content"]?["status"]?.string {
        case "success":
            let before = pending.count
            held.formUnion(topics)
            pending.removeAll(where: held.contains)
            timeouts = 0
            if !pending.isEmpty, pending.count == before {
                // A success that grants none of the requested topics counts as a refusal.
                refusals += 1
                isBackingOff = true
                return [.update(frame), .wait(backoff(min(refusals, 7)))]
            }
            refusals = 0
            return [.update(frame)] + (pending.isEmpty ? [.settled] : [])
        case "failure":
            refusals += 1
            timeouts = 0
            isBackingOff = true
            guard refusals >= Self.refusalLimit else { return [.wait(timers.subscribeRetry)] }
            let report: [Step] = refusals == Self.refusalLimit ? [.failure(frame)] : []
            return report + [.wait(backoff(refusals - Self.refusalLimit + 1))]
        default: return []
        }
    }

    private func ask() -> [Step] { [.send(pending), .wait(timers.subscribeTimeout)] }

    private func backoff(_ round: Int) -> Int64 {
        min(timers.webSocketRetryBase << Int64(min(round + 1, 8)), timers.webSocketRetryLimit)
    }

    private var failure: JSON {
        [
            "topic": "aws/subscribe",
            "content": ["status": "failure", "topics": .array(pending.map { .string($0) })],
        ]
    }
}
