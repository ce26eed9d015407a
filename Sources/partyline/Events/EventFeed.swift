import AgentModel
import ConnectStreams
import StreamsProtocol

/// An event stream for a verb: what goes wrong on the way is said on standard error, what will not mend is thrown as the
/// command's failure.
struct EventFeed {
    private let options: SocketOptions
    private let stream: EventStream
    private var words: FeedWords

    init(_ subscription: Subscription, _ options: SocketOptions) throws {
        self.options = options
        stream = EventStream(path: try options.path(), subscription)
        words = FeedWords(subscription)
    }

    /// The next thing to know; nil at the deadline, or when the descriptor became readable.
    mutating func next(
        before deadline: ContinuousClock.Instant? = nil, interruption: Int32? = nil
    ) throws -> EventStream.Update? {
        let update: EventStream.Update?
        do throws(StreamFailure) { update = try stream.next(before: deadline, interruption: interruption) } catch {
            throw FailureText.failure(error, try options.place())
        }
        if let update { words.lines(update).forEach { Console.error(Text.printable($0)) } }
        return update
    }

    /// Says which of the patterns name no event that this daemon has. A courtesy: nothing depends on it.
    static func warn(of patterns: [String], _ options: SocketOptions) {
        let names = patterns.compactMap(derivedName)
        let patience = Duration.milliseconds(500)
        guard !names.isEmpty, let path = try? options.path(),
            let connection = try? LineConnection(path: path, timeout: patience),
            (try? connection.welcome(timeout: patience)) != nil,
            let answer = try? connection.request("describe", timeout: patience)
        else { return }
        let known = Vocabulary(answer).eventNames
        for name in names where !known.isEmpty && !known.contains(name) {
            Console.error("partyline: there is no event \(name); partyline describe lists those that there are")
        }
    }

    /// The event that a pattern names, if the daemon derives it: any other name may be a program's broadcast.
    static func derivedName(in pattern: String) -> String? {
        let parts = EventPattern.parts(of: pattern)
        guard parts.count >= 2, ["agent", "contact"].contains(parts[0]), parts[1] != "*" else { return nil }
        return "\(parts[0])::\(parts[1])"
    }
}

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
