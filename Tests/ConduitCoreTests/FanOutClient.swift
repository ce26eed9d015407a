// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// What one client gets, checked line by line against what it should get.
///
/// No event of its interest may be missing or come twice, except those reported by `partyline::lagged`. This file
/// checks replies, `FanOutClient+Lines` the lines of the log.
final class FanOutClient {
    /// A subscription. Nil patterns mean the Streams dialect.
    struct Subscription {
        var patterns: [FanOutPattern]?
        var isLatest = false
        var since: String?
        /// The log's end when it was requested.
        var liveFrom: LogPosition
        /// What the reply has to contain: whether `since` is too old, and the agent of the snapshot.
        var isTooOld = false
        var agent: FanOutLine?
    }

    /// An expected reply.
    struct Reply {
        /// Nil for the reply to a `Subscription`.
        let text: String?
        let subscription: Subscription?
        /// All lines before this position come before the reply, no others.
        var after: LogPosition
    }

    let record: FanOutRecord
    let isNarrow: Bool
    var id: PortID
    /// True if the line at that position is no longer in the log.
    let isForgotten: (LogPosition) -> Bool
    var subscription: Subscription
    /// The next line is not before this position.
    var cursor: LogPosition
    var replies: [Reply] = []
    /// The positions that were reported as missed.
    var lost: Set<LogPosition> = []
    /// The number of the last agent that was received.
    var lastAgent = 0
    /// The last clock that was received.
    var clock: String?
    private(set) var faults: [String] = []
    /// How often a subscription started anew, resumed, and lagged; and the number of lines.
    var counts = (fresh: 0, resumed: 0, lagged: 0, lines: 0)

    init(_ id: PortID, isNarrow: Bool, _ record: FanOutRecord, isForgotten: @escaping (LogPosition) -> Bool) {
        self.id = id
        self.isNarrow = isNarrow
        self.record = record
        self.isForgotten = isForgotten
        cursor = record.end
        subscription = Subscription(liveFrom: record.end)
    }

    var isSubscriber: Bool { subscription.patterns != nil }

    func fault(_ text: String) { faults.append("port \(id.number): \(text)") }

    func expect(_ isRight: Bool, _ text: @autoclosure () -> String) {
        if !isRight { fault(text()) }
    }

    // MARK: Requests

    func expectReply(_ text: String) { replies.append(Reply(text: text, subscription: nil, after: record.end)) }

    /// Expects a return to the Streams dialect, which changes nothing for a port that is already there.
    func expectUnsubscription() {
        let newest = replies.last { $0.subscription != nil }?.subscription ?? subscription
        guard newest.patterns != nil else { return expectReply("partyline::response") }
        expectSubscription(nil)
    }

    /// Expects a new subscription. Pending replies come before its reply.
    func expectSubscription(_ patterns: [FanOutPattern]?, isLatest: Bool = false, since: String? = nil) {
        var subscription = Subscription(patterns: patterns, isLatest: isLatest, since: since, liveFrom: record.end)
        subscription.isTooOld = since.flatMap(place).map(isAnyEventGone) ?? true
        subscription.agent = record.newestAgent
        for index in replies.indices { replies[index].after = 0 }
        replies.append(Reply(text: nil, subscription: subscription, after: 0))
    }

    /// Starts on a new connection, in the Streams dialect. The record already contains the port's own opening, also for
    /// subscribers to `partyline::ports` if there are any.
    func opened(_ id: PortID) {
        self.id = id
        let place = record.lines.last?.name == "partyline::ports" ? record.end - 2 : record.end - 1
        subscription = Subscription(liveFrom: place)
        cursor = place
        lost = []
        lastAgent = 0
        replies = [Reply(text: "acknowledge", subscription: nil, after: place)]
    }

    // MARK: Replies

    func receive(_ text: String) throws {
        guard text.hasPrefix(#"{"event":"acknowledge""#) || text.contains(#""event":"api_response""#) else {
            guard text.hasPrefix(#"{"event":"partyline::"#) else { return receiveLine(text) }
            if text.hasPrefix(#"{"event":"partyline::ports""#) {
                // Right after an answer it is no line of the log.
                if line(of: text) != nil { receiveLine(text) }
                return
            }
            let json = try JSON(parsing: text)
            return json["event"] == "partyline::lagged" ? lagged(json["data"]) : answered(json["data"])
        }
        guard let reply = replies.first else { return fault("a reply without a request: \(text)") }
        replies.removeFirst()
        // A connection's first line contains its id.
        expect(reply.text == text || reply.text == "acknowledge" && text.contains("partyline"), "not \(text)")
        pass(upTo: reply.after, "before \(text)")
    }

    private func answered(_ data: JSON?) {
        guard let reply = replies.first else { return fault("an answer without a request") }
        replies.removeFirst()
        guard let subscription = reply.subscription else {
            expect(reply.text == "partyline::response", "an answer out of order")
            return pass(upTo: reply.after, "before an answer")
        }
        self.subscription = subscription
        lost = []
        lastAgent = 0
        guard subscription.patterns != nil else {
            cursor = subscription.liveFrom
            return
        }
        let isFresh = data?["data"]?["fresh"] == true
        expect(isFresh == subscription.isTooOld, "since \(subscription.since ?? "nothing") fresh is \(isFresh)")
        begin(data?["data"], isFresh: isFresh, agent: subscription.agent)
    }

    /// Starts at the answer's clock: every later line has to come.
    private func begin(_ data: JSON?, isFresh: Bool, agent: FanOutLine?) {
        let given = data?["clock"]?.string
        guard let place = given.flatMap(place) else { return fault("no clock to begin with") }
        clock = given
        if isFresh {
            counts.fresh += 1
            let snapshot = data?["snapshot"].map { #"{"event":"agent::update","data":\#($0.text)}"# }
            expect(
                snapshot == (isNarrow ? agent?.narrowText : agent?.text), "the snapshot is \(snapshot ?? "not there")")
        } else {
            counts.resumed += 1
            expect(
                given == subscription.since && data?["snapshot"] == nil, "resumed from another clock: \(given ?? "")")
        }
        cursor = place + 1
    }

    private func lagged(_ data: JSON?) {
        counts.lagged += 1
        guard let from = data?["from"]?.string.flatMap(place), let to = data?["to"]?.string.flatMap(place), from <= to
        else {
            return fault("lagged without a range")
        }
        expect(isAnythingGone(from: cursor), "lagged, but no line is gone")
        guard isSubscriber else {
            lost.formUnion((from...to).filter(isForgotten))
            return
        }
        expect(data?["fresh"] == true && data?["clock"] == data?["to"], "lagged without a clock to resume from")
        begin(data, isFresh: true, agent: record.newestAgent)
        subscription.liveFrom = record.end
        lastAgent = record.newestAgent?.agent ?? 0
    }

    private func isAnyEventGone(after place: LogPosition) -> Bool {
        place + 1 < record.end
            && (place + 1..<record.end).contains { isForgotten($0) && record[$0]?.isSuperseded == false }
    }

    private func isAnythingGone(from place: LogPosition) -> Bool {
        (min(place, record.end)..<record.end).contains { place in
            guard isForgotten(place), let line = record[place] else { return false }
            return !line.isSuperseded || (line.agent == nil && !isNarrow && !isSubscriber)
        }
    }

    private func place(_ clock: String) -> LogPosition? {
        clock.hasPrefix("e1:") ? LogPosition(clock.dropFirst(3)) : nil
    }
}
