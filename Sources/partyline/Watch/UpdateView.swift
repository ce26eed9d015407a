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

/// What an event says, in one line: enough to recognize it, the contact's id whole to go on with.
enum EventSummary {
    private static let width = 120

    static func text(_ event: StreamEvent) -> String {
        Text.printable(Text.cut(words(event), width) + (event.from == nil ? "" : " (broadcast)"))
    }

    private static func words(_ event: StreamEvent) -> String {
        let data = event.data
        if let contact = data?["contact"]?.object { return self.contact(Contact(json: contact)) }
        if event.name == EventName.agentUpdate, let agent = data.flatMap({ Agent(json: $0) }) { return whole(agent) }
        if event.name == "agent::state_change" {
            return "\(data?["oldState"]?.string ?? "?") → \(data?["newState"]?.string ?? "?")"
        }
        if event.name.hasPrefix("agent::"), let part = data?["agent"] { return agent(part) }
        if let sentence = ChatNarrator.sentence(data) { return sentence.text }
        return data?.text ?? ""
    }

    private static func contact(_ contact: Contact) -> String {
        join([contact.contactId, ContactNarrator.name(contact), contact.stateType?.rawValue])
    }

    private static func agent(_ part: JSON) -> String {
        let next = part["nextState"]?["name"]?.string.map { "then \($0)" }
        return join([part["name"]?.string, part["state"]?["name"]?.string, next])
    }

    private static func whole(_ agent: Agent) -> String {
        let count = agent.snapshot.contacts.count
        let contacts = count == 1 ? "1 contact" : "\(count) contacts"
        return join([agent.configuration.name, agent.snapshot.state?.name, contacts])
    }

    private static func join(_ parts: [String?]) -> String { parts.compactMap { $0 }.joined(separator: " · ") }
}
