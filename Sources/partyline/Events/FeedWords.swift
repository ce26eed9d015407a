import ConnectStreams

/// What a reader has to know of the stream itself, for standard error: that it stopped, that it goes on, that something is
/// missing. Never silence.
struct FeedWords {
    private let since: String?
    private let wantsPast: Bool
    private var isFirst = true

    init(_ subscription: Subscription) {
        since = subscription.since
        wantsPast = subscription.resumes
    }

    mutating func lines(_ update: EventStream.Update) -> [String] {
        switch update {
        case .event: return []
        case .gone(let error): return ["partyline: partylined is gone (\(error)); waiting for it"]
        case .lagged(let lag):
            let stretch = [lag.from.map { "from \($0)" }, lag.to.map { "to \($0)" }].compactMap { $0 }
            let clocks = stretch.isEmpty ? "" : ", \(stretch.joined(separator: " "))"
            return ["partyline: too slow: events were left out\(clocks)"]
        case .subscribed(let answer):
            defer { isFirst = false }
            return isFirst ? first(answer) : again(answer)
        }
    }

    private func first(_ answer: Subscribed) -> [String] {
        guard let since, answer.isFresh else { return [] }
        return ["partyline: the events after \(since) are not kept any more; beginning with how it is now"]
    }

    private func again(_ answer: Subscribed) -> [String] {
        let loss = answer.isFresh && wantsPast ? "; what happened meanwhile may be lost" : ""
        return ["partyline: partylined is back\(loss)"]
    }
}
