import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// What one client sees, and what it should: each line is judged as it comes.
///
/// Of the events that it wants none may be missing and none come twice, but for those that it was told to have missed.
/// (`FanOutSight+Lines` judges the lines, this file the replies.)
final class FanOutSight {
    /// What it asked for: nil patterns for the Streams dialect.
    struct Want {
        var patterns: [FanOutPattern]?
        var isLatest = false
        var since: String?
        /// Where the log was when it asked.
        var liveFrom: LogPosition
        /// What the answer has to be, then: whether the clock is too old, and the agent of the snapshot.
        var isTooOld = false
        var agent: FanOutLine?
    }

    /// A reply that is due.
    struct Reply {
        /// Nil for the answer to a `Want`.
        let text: String?
        let want: Want?
        /// Every line before this place comes before it, and none after.
        var after: LogPosition
    }

    let record: FanOutRecord
    let isNarrow: Bool
    var id: PortID
    /// True if a line at that place can no longer be had.
    let isForgotten: (LogPosition) -> Bool
    var want: Want
    /// What it is to see next is not before this place.
    var cursor: LogPosition
    var replies: [Reply] = []
    /// What it was told to have missed.
    var lost: Set<LogPosition> = []
    /// The number of the last agent that it saw.
    var lastAgent = 0
    /// The last clock that it was given.
    var clock: String?
    private(set) var faults: [String] = []
    /// How often it had to begin anew, went on, and was told to have missed something.
    var counts = (fresh: 0, resumed: 0, lagged: 0, lines: 0)

    init(_ id: PortID, isNarrow: Bool, _ record: FanOutRecord, isForgotten: @escaping (LogPosition) -> Bool) {
        self.id = id
        self.isNarrow = isNarrow
        self.record = record
        self.isForgotten = isForgotten
        cursor = record.end
        want = Want(liveFrom: record.end)
    }

    var isSubscriber: Bool { want.patterns != nil }

    func fault(_ text: String) { faults.append("port \(id.number): \(text)") }

    func expect(_ isRight: Bool, _ text: @autoclosure () -> String) {
        if !isRight { fault(text()) }
    }

    // MARK: What it does

    func due(_ text: String) { replies.append(Reply(text: text, want: nil, after: record.end)) }

    /// It wants back to the Streams dialect. If it is there already nothing changes.
    func unsubscribes() {
        guard (replies.last { $0.want != nil }?.want ?? want).patterns != nil else { return due("partyline::response") }
        asks(nil)
    }

    /// It asks for something else. Replies that are under way come first.
    func asks(_ patterns: [FanOutPattern]?, isLatest: Bool = false, since: String? = nil) {
        var want = Want(patterns: patterns, isLatest: isLatest, since: since, liveFrom: record.end)
        want.isTooOld = since.flatMap(place).map(isAnyEventGone) ?? true
        want.agent = record.newestAgent
        for index in replies.indices { replies[index].after = 0 }
        replies.append(Reply(text: nil, want: want, after: 0))
    }

    /// It has a connection, or another one: of the Streams dialect as yet. The record has it already that it came.
    func opened(_ id: PortID) {
        self.id = id
        let place = record.end - 1
        want = Want(liveFrom: place)
        cursor = place
        lost = []
        lastAgent = 0
        replies = [Reply(text: "acknowledge", want: nil, after: place)]
    }

    // MARK: What it is sent

    func take(_ text: String) throws {
        guard text.hasPrefix(#"{"event":"acknowledge""#) || text.contains(#""event":"api_response""#) else {
            guard text.hasPrefix(#"{"event":"partyline::"#) else { return takeLine(text) }
            let json = try JSON(parsing: text)
            return json["event"] == "partyline::lagged" ? lagged(json["data"]) : answered(json["data"])
        }
        guard let reply = replies.first else { return fault("a reply that nobody asked for: \(text)") }
        replies.removeFirst()
        // The first line of a connection has an id in it.
        expect(reply.text == text || reply.text == "acknowledge" && text.contains("partyline"), "not \(text)")
        pass(upTo: reply.after, "before \(text)")
    }

    private func answered(_ data: JSON?) {
        guard let reply = replies.first else { return fault("an answer that nobody asked for") }
        replies.removeFirst()
        guard let want = reply.want else {
            expect(reply.text == "partyline::response", "an answer out of order")
            return pass(upTo: reply.after, "before an answer")
        }
        self.want = want
        lost = []
        lastAgent = 0
        guard want.patterns != nil else {
            cursor = want.liveFrom
            return
        }
        let isFresh = data?["data"]?["fresh"] == true
        expect(isFresh == want.isTooOld, "since \(want.since ?? "nothing") it is told fresh: \(isFresh)")
        begin(data?["data"], isFresh: isFresh, agent: want.agent)
    }

    /// From here on it is to see everything that the answer does not have.
    private func begin(_ data: JSON?, isFresh: Bool, agent: FanOutLine?) {
        let given = data?["clock"]?.string
        guard let place = given.flatMap(place) else { return fault("no clock to begin with") }
        clock = given
        if isFresh {
            counts.fresh += 1
            let told = data?["snapshot"].map { #"{"event":"agent::update","data":\#($0.text)}"# }
            expect(told == (isNarrow ? agent?.narrowText : agent?.text), "the snapshot is \(told ?? "not there")")
        } else {
            counts.resumed += 1
            expect(given == want.since && data?["snapshot"] == nil, "resumed from another clock: \(given ?? "")")
        }
        cursor = place + 1
    }

    private func lagged(_ data: JSON?) {
        counts.lagged += 1
        guard let from = data?["from"]?.string.flatMap(place), let to = data?["to"]?.string.flatMap(place), from <= to
        else {
            return fault("lagged from nowhere to nowhere")
        }
        expect(isAnythingGone(from: cursor), "told to have missed something, and there is nothing")
        guard isSubscriber else {
            lost.formUnion((from...to).filter(isForgotten))
            return
        }
        expect(data?["fresh"] == true && data?["clock"] == data?["to"], "lagged without a clock to go on from")
        begin(data, isFresh: true, agent: record.newestAgent)
        want.liveFrom = record.end
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
