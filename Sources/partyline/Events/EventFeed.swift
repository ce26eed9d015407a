// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// An event stream for a verb. It prints temporary trouble on standard error and throws what is permanent as a
/// `CommandFailure`.
struct EventFeed {
    private let options: SocketOptions
    private let stream: EventStream
    private var notices: FeedNotices

    init(_ subscription: Subscription, _ options: SocketOptions) throws {
        self.options = options
        stream = EventStream(path: try options.path(), subscription)
        notices = FeedNotices(subscription)
    }

    /// The next update; nil at the deadline, or when the descriptor becomes readable.
    mutating func next(
        before deadline: ContinuousClock.Instant? = nil, interruption: WaitInterruption? = nil
    ) throws -> EventStream.Update? {
        let update: EventStream.Update?
        do throws(StreamFailure) { update = try stream.next(before: deadline, interruption: interruption) } catch {
            throw FailureText.failure(error, try options.place())
        }
        if let update { notices.lines(update).forEach { Console.error(Text.printable($0)) } }
        return update
    }

    /// Prints a warning for each pattern that names no event of this daemon, and for each `--match` whose path no data of
    /// these events have. It is optional: any error skips it.
    static func warn(of events: EventOptions, _ options: SocketOptions) {
        let names = events.patterns.compactMap(derivedName)
        let timeout = Duration.milliseconds(500)
        guard !names.isEmpty || !events.match.isEmpty, let path = try? options.path(),
            let connection = try? LineConnection(path: path, timeout: timeout),
            (try? connection.welcome(timeout: timeout)) != nil,
            let answer = try? connection.request("describe", timeout: timeout)
        else { return }
        let vocabulary = Vocabulary(answer)
        let known = vocabulary.eventNames
        for name in names where !known.isEmpty && !known.contains(name) {
            Console.error("partyline: there is no event \(name); partyline describe lists the events")
        }
        for match in events.match {
            guard let missing = vocabulary.missing(match, in: events.patterns) else { continue }
            Console.error("partyline: --match \(match.path) never matches: \(missing)")
        }
    }

    /// The event that a pattern names, if the daemon derives it. Any other name may be a program's broadcast.
    static func derivedName(in pattern: String) -> String? {
        let parts = EventPattern.parts(of: pattern)
        guard parts.count >= 2, ["agent", "contact"].contains(parts[0]), parts[1] != "*" else { return nil }
        let name = "\(parts[0])::\(parts[1])"
        return PageEvent.likeDerived.contains(name) ? nil : name
    }
}

/// Notices about the stream itself, for standard error: it stopped, it continues, events are missing. No gap is silent.
struct FeedNotices {
    private let since: String?
    private let resumes: Bool
    private var isFirst = true
    /// True while a daemon that has never answered is awaited.
    private var isAwaited = false

    init(_ subscription: Subscription) {
        since = subscription.since
        resumes = subscription.resumes
    }

    mutating func lines(_ update: EventStream.Update) -> [String] {
        switch update {
        case .event: return []
        case .gone(let error) where isFirst:
            isAwaited = true
            return ["partyline: partylined is not running yet (\(error)); waiting for it"]
        case .gone(let error): return ["partyline: partylined is gone (\(error)); waiting for it"]
        case .lagged(let lag):
            let range = [lag.from.map { "from \($0)" }, lag.to.map { "to \($0)" }].compactMap { $0 }
            let clocks = range.isEmpty ? "" : ", \(range.joined(separator: " "))"
            return ["partyline: this program was too slow: events were skipped\(clocks)"]
        case .subscribed(let answer):
            defer { isFirst = false }
            return isFirst ? first(answer) : again(answer)
        }
    }

    private func first(_ answer: Subscribed) -> [String] {
        let arrival = isAwaited ? ["partyline: partylined is running"] : []
        guard let since, answer.isFresh else { return arrival + unseen(answer) }
        return arrival + unseen(answer) + [
            "partyline: the events after \(since) are no longer kept; starting with the current state"
        ]
    }

    private func unseen(_ answer: Subscribed) -> [String] {
        let patterns = (answer.json["unseen"]?.array ?? []).compactMap(\.string)
        guard !patterns.isEmpty else { return [] }
        return ["partyline: this user's role never sees: \(patterns.joined(separator: ", "))"]
    }

    private func again(_ answer: Subscribed) -> [String] {
        let loss = answer.isFresh && resumes ? "; events in between may be lost" : ""
        return ["partyline: partylined is back\(loss)"]
    }
}
