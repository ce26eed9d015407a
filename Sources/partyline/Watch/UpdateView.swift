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
    /// The time that `deadline` is compared with.
    private let instant: () -> ContinuousClock.Instant
    private var story = Story()
    /// The last number of connected programs. It is printed after a second: most commands connect only for a moment.
    private var held: StreamEvent?
    private(set) var deadline: ContinuousClock.Instant?
    private var shownCount: JSON?
    private static let holding = Duration.seconds(1)

    init(
        palette: Palette, now: @escaping () -> Int64,
        instant: @escaping () -> ContinuousClock.Instant = { .now }
    ) {
        (self.palette, self.now, self.instant) = (palette, now, instant)
    }

    mutating func lines(_ update: EventStream.Update) -> [String] {
        switch update {
        case .subscribed(let answer): formatted(story.sentences(snapshot: answer.snapshot), WallClock.timeOfDay(now()))
        case .lagged(let lag): formatted(story.sentences(snapshot: lag.snapshot), WallClock.timeOfDay(now()))
        case .event(let event) where event.name == EventName.updateConnectedCCPs: hold(event)
        case .event(let event):
            formatted(
                story.sentences(event.name, event.data, isBroadcast: event.from != nil), EventTime.text(event, now))
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
        return formatted(
            story.sentences(event.name, event.data, isBroadcast: event.from != nil), EventTime.text(event, now))
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

/// An event in one line: enough to recognize it, with the contact's complete id for further commands.
enum EventSummary {
    private static let width = 120

    static func text(_ event: StreamEvent) -> String {
        Text.printable(Text.cut(summary(event), width) + (event.from == nil ? "" : " (broadcast)"))
    }

    private static func summary(_ event: StreamEvent) -> String {
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
