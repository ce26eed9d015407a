// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// Why there was an event: the rule, who caused it, and what had changed since the last snapshot. Pure.
struct Explanation: Equatable {
    let event: StreamEvent
    /// The clock of the event that it is compared with; nil if there is no earlier one of the same contact or agent.
    let former: String?
    let changes: [JSONDifference]

    /// Nil if the events do not contain the clock.
    init?(of clock: String, in events: [StreamEvent]) {
        guard let place = events.firstIndex(where: { $0.clock == clock }) else { return nil }
        event = events[place]
        let subject = Self.subject(events[place])
        // All events of one snapshot have the same time, and tell the same agent.
        let former = events[..<place].last { earlier in
            subject != nil && Self.subject(earlier) == subject && earlier.time != events[place].time
        }
        self.former = former?.clock
        changes = former.map { JSONDifference.between(Self.content($0), Self.content(events[place])) } ?? []
    }

    /// The contact's id, or `agent`; nil for an event about neither.
    private static func subject(_ event: StreamEvent) -> String? {
        guard event.from == nil, content(event) != nil else { return nil }
        return event.contactId.map { "contact \($0)" } ?? "agent"
    }

    private static func content(_ event: StreamEvent) -> JSON? { event.data?["contact"] ?? event.data?["agent"] }

    private var rule: String? {
        event.from == nil || event.name == EventName.contactView ? EventRule.of(event.name) : nil
    }

    func lines(_ palette: Palette) -> [String] {
        let time = event.time.flatMap { Timestamp.milliseconds($0) }.map { "\(WallClock.timeOfDay($0))  " } ?? ""
        var lines = ["\(palette.dim(time))\(palette.bold(Text.printable(event.name)))  \(EventSummary.text(event))"]
        lines.append("rule: \(rule?.filter { $0 != "`" } ?? "none: the daemon does not derive it")")
        if let author = event.by { lines.append("caused \(Text.printable(author.text))") }
        if let port = event.from { lines.append("broadcast by port \(Text.printable(port))") }
        guard let former else { return lines + ["there is no earlier event to compare it with"] }
        let changes = changes.map { "  \(Text.printable($0.text))" }
        return lines + [changes.isEmpty ? "nothing has changed since \(former)" : "changed since \(former):"] + changes
    }

    var json: JSON {
        var object = JSONObject([("clock", .string(event.clock))])
        object["time"] = event.time.map { .string($0) }
        object["event"] = .string(event.name)
        object["contactId"] = event.contactId.map { .string($0) }
        object["rule"] = rule.map { .string($0) }
        object["by"] = event.by.map { author in
            var by = JSONObject([("port", .string(author.port))])
            by["program"] = author.program.map { .string($0) }
            return .object(by)
        }
        object["from"] = event.from.map { .string($0) }
        object["comparedWith"] = former.map { .string($0) }
        object["changes"] = .array(changes.map(\.json))
        return .object(object)
    }
}
