// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// Turns the updates of a stream into the lines to print. Pure: the same updates give the same lines.
protocol UpdateView {
    mutating func lines(_ update: EventStream.Update) -> [String]
    /// When `due` has something to print although nothing happens; nil if never.
    var deadline: ContinuousClock.Instant? { get }
    /// The lines that were held back until now.
    mutating func due() -> [String]
}

extension UpdateView {
    var deadline: ContinuousClock.Instant? { nil }
    mutating func due() -> [String] { [] }
}

/// Prints the daemon's own lines, and a line of the same form wherever the stream starts or starts again: a reader must
/// not mistake a gap for silence.
struct JSONView: UpdateView {
    mutating func lines(_ update: EventStream.Update) -> [String] {
        switch update {
        case .subscribed(let answer):
            [JSON.object(JSONObject([("event", "partyline::subscribed"), ("data", answer.json)])).text]
                .map(\.escapingDisplayControls)
        case .event(let event): [String(decoding: event.line, as: UTF8.self).escapingDisplayControls]
        case .lagged(let lag): [String(decoding: lag.line, as: UTF8.self).escapingDisplayControls]
        case .gone: []
        }
    }
}

/// One line for each event: time, name, summary.
struct ListView: UpdateView {
    let palette: Palette
    /// The current time, for events without one.
    let now: () -> Int64

    func lines(_ update: EventStream.Update) -> [String] {
        guard case .event(let event) = update else { return [] }
        return [line(event)]
    }

    func line(_ event: StreamEvent) -> String {
        let name = Text.left(Text.printable(event.name), 20)
        return "\(palette.dim(EventTime.text(event, now)))  \(palette.bold(name))  \(EventSummary.text(event))"
    }
}

/// Events as sentences.
struct StoryView: UpdateView {
    let palette: Palette
    let now: () -> Int64
    /// True if `agent::update` is told. It comes before the derived events of the same change, which say more: who caused
    /// it. It is needed only if derived events may be left out.
    private let tellsUpdates: Bool
    /// The time that `deadline` is compared with.
    private let instant: () -> ContinuousClock.Instant
    private var story = Story()
    /// The last number of connected programs. It is printed after a second: most commands connect only for a moment.
    private var held: StreamEvent?
    private(set) var deadline: ContinuousClock.Instant?
    private var shownCount: JSON?
    private static let holding = Duration.seconds(1)

    init(
        palette: Palette, tellsUpdates: Bool = false, now: @escaping () -> Int64,
        instant: @escaping () -> ContinuousClock.Instant = { .now }
    ) {
        (self.palette, self.tellsUpdates, self.now, self.instant) = (palette, tellsUpdates, now, instant)
    }

    mutating func lines(_ update: EventStream.Update) -> [String] {
        switch update {
        case .subscribed(let answer): formatted(story.sentences(snapshot: answer.snapshot), WallClock.timeOfDay(now()))
        case .lagged(let lag): formatted(story.sentences(snapshot: lag.snapshot), WallClock.timeOfDay(now()))
        case .event(let event) where event.name == EventName.updateConnectedCCPs: hold(event)
        case .event(let event) where event.name == EventName.agentUpdate && !tellsUpdates: []
        case .event(let event): formatted(story.sentences(event), EventTime.text(event, now))
        case .gone: []
        }
    }

    private mutating func hold(_ event: StreamEvent) -> [String] {
        let isShown = event.data?["length"] == shownCount
        held = isShown ? nil : event
        deadline = isShown ? nil : deadline ?? instant() + Self.holding
        return []
    }

    mutating func due() -> [String] {
        guard let event = held, let deadline, deadline <= instant() else { return [] }
        (held, self.deadline, shownCount) = (nil, nil, event.data?["length"])
        return formatted(story.sentences(event), EventTime.text(event, now))
    }

    private func formatted(_ sentences: [Sentence], _ time: String) -> [String] {
        sentences.map { "\(palette.dim(time))  \(palette.bold($0.who)) \(palette.tone($0.tone, $0.what))" }
    }
}

/// An event's time as local time of day.
enum EventTime {
    static func text(_ event: StreamEvent, _ now: () -> Int64) -> String {
        WallClock.timeOfDay(event.time.flatMap { Timestamp.milliseconds($0) } ?? now())
    }
}
