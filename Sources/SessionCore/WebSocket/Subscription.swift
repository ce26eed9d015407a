import AgentModel
import StreamsProtocol

/// The topics that one websocket holds, and the conversation that gets it there.
struct Subscription: Equatable {
    enum Step: Equatable {
        case send([String])
        /// Call `timeout` after so many milliseconds.
        case wait(Int64)
        /// Nothing is waited for any more.
        case settled
        /// Tell the ports that the service agreed.
        case update(JSON)
        /// Tell the ports that it did not.
        case failure(JSON)
    }

    private let timers: SessionTimers
    private var held: Set<String> = []
    private var pending: [String] = []
    /// Requests in a row without an answer.
    private var silences = 0
    /// Refusals in a row.
    private var refusals = 0
    /// True while a refusal waits for the next attempt.
    private var isPausing = false

    /// Silences before it counts as a failure, and refusals before they are reported.
    private static let silenceLimit = 3
    private static let refusalLimit = 5

    init(timers: SessionTimers) { self.timers = timers }

    func holds(_ topics: [String]) -> Bool { topics.allSatisfy(held.contains) }

    /// Wants these topics, held ones among them; asks for the rest.
    mutating func want(_ topics: [String]) -> [Step] {
        let missing = topics.filter { !held.contains($0) }
        guard missing != pending else { return [] }
        pending = missing
        guard !pending.isEmpty else { return [.settled] }
        silences = 0
        isPausing = false
        return ask()
    }

    /// The answer is late, or the pause after a refusal is over.
    mutating func timeout() -> [Step] {
        guard !pending.isEmpty else { return [] }
        if isPausing {
            isPausing = false
            return ask()
        }
        silences += 1
        guard silences > Self.silenceLimit else { return ask() }
        // Said once; after that we go on asking, ever more slowly.
        let report: [Step] = silences == Self.silenceLimit + 1 ? [.failure(failure)] : []
        isPausing = true
        return report + [.wait(backoff(silences - Self.silenceLimit))]
    }

    /// The service's `aws/subscribe` frame.
    mutating func answered(_ frame: JSON) -> [Step] {
        let topics = (frame["content"]?["topics"]?.array ?? []).compactMap(\.string)
        switch frame["content"]?["status"]?.string {
        case "success":
            let before = pending.count
            held.formUnion(topics)
            pending.removeAll(where: held.contains)
            silences = 0
            if !pending.isEmpty, pending.count == before {
                // A success that names none of what was asked for is none.
                refusals += 1
                isPausing = true
                return [.update(frame), .wait(backoff(min(refusals, 7)))]
            }
            refusals = 0
            return [.update(frame)] + (pending.isEmpty ? [.settled] : [])
        case "failure":
            refusals += 1
            silences = 0
            isPausing = true
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
