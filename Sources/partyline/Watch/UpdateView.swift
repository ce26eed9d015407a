import AgentModel
import ConnectStreams
import StreamsProtocol

/// Turns what a stream brings into the lines that are printed. Pure: the same updates, the same lines.
protocol UpdateView {
    /// The lines for an update, none or several.
    mutating func lines(_ update: EventStream.Update) -> [String]
}

/// The daemon's own lines. Where the stream began, or began again, there is a line of the same form, so that a reader
/// never takes a gap for silence.
struct JSONView: UpdateView {
    mutating func lines(_ update: EventStream.Update) -> [String] {
        switch update {
        case .subscribed(let answer):
            [JSON.object(JSONObject([("event", "partyline::subscribed"), ("data", answer.json)])).text]
        case .event(let event): [String(decoding: event.line, as: UTF8.self)]
        case .lagged(let lag): [String(decoding: lag.line, as: UTF8.self)]
        case .gone: []
        }
    }
}

/// One line an event: time, name, what it says.
struct ListView: UpdateView {
    let palette: Palette
    /// What time it is where an event does not say when it was.
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

/// What happens, in sentences.
struct StoryView: UpdateView {
    let palette: Palette
    let now: () -> Int64
    private var story = Story()

    init(palette: Palette, now: @escaping () -> Int64) {
        self.palette = palette
        self.now = now
    }

    mutating func lines(_ update: EventStream.Update) -> [String] {
        switch update {
        case .subscribed(let answer): said(story.sentences(snapshot: answer.snapshot), WallClock.timeOfDay(now()))
        case .lagged(let lag): said(story.sentences(snapshot: lag.snapshot), WallClock.timeOfDay(now()))
        case .event(let event):
            said(
                story.sentences(event.name, event.data, isBroadcast: event.from != nil), EventTime.text(event, now))
        case .gone: []
        }
    }

    private func said(_ sentences: [Sentence], _ time: String) -> [String] {
        sentences.map { "\(palette.dim(time))  \(palette.bold($0.who)) \(palette.tone($0.tone, $0.what))" }
    }
}

/// When an event was, as the clock on the wall had it.
enum EventTime {
    static func text(_ event: StreamEvent, _ now: () -> Int64) -> String {
        WallClock.timeOfDay(event.time.flatMap { Timestamp.milliseconds($0) } ?? now())
    }
}
