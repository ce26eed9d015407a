// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// What happened, from the events that the daemon's log has. Pure: events in, report out.
struct HistoryReport: Equatable {
    /// An event in words.
    struct Entry: Equatable {
        let clock: String
        /// Milliseconds since 1970; nil if the event has no time.
        let instant: Int64?
        let event: String
        let contactId: String?
        let sentence: Sentence
    }

    let entries: [Entry]
    /// How long the agent, or the contact, was in each state.
    let durations: StateDurations

    /// - Parameters:
    ///   - contactId: only this contact, and the durations of its states; nil: all, and the durations of the agent's.
    ///   - now: until when the last state lasts.
    init(_ events: [StreamEvent], contactId: String? = nil, now: Int64) {
        var entries: [Entry] = []
        var durations = StateDurations()
        var teller = EventTeller()
        for event in events where contactId == nil || event.contactId == contactId {
            let instant = event.time.flatMap { Timestamp.milliseconds($0) }
            entries += teller.sentences(event).map {
                Entry(
                    clock: event.clock, instant: instant, event: event.name, contactId: event.contactId, sentence: $0)
            }
            guard let instant else { continue }
            if event.name == "contact::destroyed" {
                if contactId != nil { durations.end(at: instant) }
            } else if event.name == EventName.terminated {
                durations.end(at: instant)
            } else if let state = Self.state(event, ofContact: contactId != nil) {
                durations.note(state, at: instant)
            }
        }
        durations.end(at: now)
        self.entries = entries
        self.durations = durations
    }

    private static func state(_ event: StreamEvent, ofContact: Bool) -> String? {
        if ofContact { return event.data?["contact"]?["state"]?["type"]?.string }
        return event.name.hasPrefix("agent::") ? event.data?["agent"]?["state"]?["name"]?.string : nil
    }

    /// The last entries; nil: all.
    func shown(last count: Int?) -> [Entry] { count.map { Array(entries.suffix($0)) } ?? entries }

    func lines(last count: Int?, _ palette: Palette) -> [String] {
        let entries = shown(last: count)
        let width = entries.map(\.clock.count).max() ?? 0
        let told = entries.map { entry in
            let time = entry.instant.map { WallClock.timeOfDay($0) } ?? Text.left("", 8)
            let sentence =
                "\(palette.bold(entry.sentence.who)) \(palette.tone(entry.sentence.tone, entry.sentence.what))"
            return "\(palette.dim("\(time)  \(Text.left(entry.clock, width))"))  \(sentence)"
        }
        return told + summary(palette)
    }

    private func summary(_ palette: Palette) -> [String] {
        guard !durations.totals.isEmpty else { return [] }
        let rows = durations.totals.map { total in
            [total.state, Text.span(milliseconds: Int(total.milliseconds)), Text.count(total.count, "time")]
        }
        return [""] + Table.lines(["STATE", "IN ALL", "BEGAN"], rows, palette)
    }

    func json(last count: Int?) -> JSON {
        let states = durations.totals.map { total -> JSON in
            ["state": .string(total.state), "ms": .int(Int(total.milliseconds)), "count": .int(total.count)]
        }
        return ["entries": .array(shown(last: count).map(\.json)), "states": .array(states)]
    }
}

extension HistoryReport.Entry {
    var json: JSON {
        var object = JSONObject([("clock", .string(clock))])
        object["time"] = instant.map { .string(Timestamp.text(milliseconds: $0)) }
        object["event"] = .string(event)
        object["contactId"] = contactId.map { .string($0) }
        object["text"] = .string(sentence.text)
        return .object(object)
    }
}

/// Tells the events of a log in sentences: the agent's states, the contacts with their legs, and the sign-in.
///
/// The log begins in the middle. What was there already is no news when a refresh mentions it first.
struct EventTeller {
    private var story = Story()
    private var contacts: Set<String> = []

    private static let told: Set<String> = [
        "agent::init", "agent::state_change", "agent::enqueued_next_state", "agent::cleared_next_state",
        "agent::softphone_error", EventName.terminated, EventName.authFail, EventName.authorizeSuccess,
        EventName.webSocketConnectionLost, EventName.webSocketConnectionGain,
    ]

    mutating func sentences(_ event: StreamEvent) -> [Sentence] {
        let isContact = event.name.hasPrefix("contact::") && event.from == nil
        guard isContact || Self.told.contains(event.name) else { return [] }
        let isFirst = isContact && contacts.insert(event.contactId ?? "").inserted
        if event.name == "contact::destroyed" { contacts.remove(event.contactId ?? "") }
        let sentences = story.sentences(event)
        return isFirst && event.name == "contact::refresh" ? [] : sentences
    }
}
