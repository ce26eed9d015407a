// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("History and why")
struct HistoryReportTests {
    private static func agent(_ name: String, next: String? = nil) -> JSON {
        [
            "name": "Ada", "state": ["name": .string(name), "type": "routable"],
            "nextState": next.map { ["name": .string($0)] } ?? .null,
        ]
    }

    /// An event at that second.
    private static func event(_ clock: Int, _ name: String, _ data: JSON, at second: Int) throws -> StreamEvent {
        let time = "1970-01-01T00:00:\(second < 10 ? "0" : "")\(second).000Z"
        return try Lines.event(name, data, clock: "e:\(clock)", time: time)
    }

    private static func agentEvents(_ first: Int, _ old: String, _ new: String, at second: Int) throws -> [StreamEvent]
    {
        let part = agent(new)
        return [
            try event(first, "agent::refresh", ["agent": part], at: second),
            try event(
                first + 1, "agent::state_change",
                ["oldState": .string(old), "newState": .string(new), "agent": part], at: second),
        ]
    }

    private static func contact(_ json: JSON) -> JSON { ["contactId": json["contactId"] ?? .null, "contact": json] }

    /// An agent becomes available, has a call, and is available again.
    private static func day() throws -> [StreamEvent] {
        try agentEvents(1, "Offline", "Available", at: 1) + [
            event(3, "contact::init", contact(Agents.call("connecting")), at: 5),
            event(4, "contact::connecting", contact(Agents.call("connecting")), at: 5),
            event(5, "contact::refresh", contact(Agents.call("connecting")), at: 5),
        ] + agentEvents(6, "Available", "Busy", at: 8) + [
            event(8, "contact::connected", contact(Agents.call("connected")), at: 8),
            event(9, "contact::refresh", contact(Agents.call("connected")), at: 8),
            event(10, "contact::refresh", contact(Agents.call("connected", customer: "hold")), at: 9),
            event(11, "contact::destroyed", contact(Agents.call("ended")), at: 20),
        ] + agentEvents(12, "Busy", "Available", at: 20)
    }

    @Test("a line for each event worth telling, with its clock")
    func lines() throws {
        let report = HistoryReport(try Self.day(), now: 30_000)
        #expect(
            report.entries.map { "\($0.clock) \($0.sentence.text)" } == [
                "e:2 Ada is now Available", "e:3 call from +15550100 is ringing (Support)", "e:7 Ada is now Busy",
                "e:8 call from +15550100 is connected", "e:10 call from +15550100 has the customer on hold",
                "e:11 call from +15550100 is cleared", "e:13 Ada is now Available",
            ])
        #expect(report.shown(last: 1).map(\.clock) == ["e:13"] && report.shown(last: nil).count == 7)
        #expect(report.lines(last: 2, .plain).suffix(3).first == "STATE      IN ALL  BEGAN")
        #expect(report.json(last: 1)["entries"]?.array?.count == 1)
    }

    @Test("how long the agent was in each state; a contact until it is destroyed")
    func durations() throws {
        let report = HistoryReport(try Self.day(), now: 30_000)
        #expect(report.durations.totals.map(\.state) == ["Available", "Busy"])
        #expect(report.durations.totals.map(\.milliseconds) == [17_000, 12_000])
        #expect(report.durations.totals.map(\.count) == [2, 1])
        let call = HistoryReport(try Self.day(), contactId: "call-1", now: 30_000)
        #expect(call.durations.totals.map(\.state) == ["connecting", "connected"])
        #expect(call.durations.totals.map(\.milliseconds) == [3000, 12_000])
        #expect(call.entries.allSatisfy { $0.contactId == "call-1" } && call.entries.count == 4)
        #expect(HistoryReport([], now: 0).lines(last: nil, .plain).isEmpty)
    }

    @Test("a log that begins in the middle of a call: what was there already is no news")
    func middle() throws {
        let events = try Array(Self.day().dropFirst(8))
        #expect(HistoryReport(events, now: 30_000).entries.map(\.clock) == ["e:10", "e:11", "e:13"])
    }

    @Test("after a clock; an unknown one; a contact by its first letters")
    func choices() throws {
        let events = try Self.day()
        #expect(try HistoryCommand.events(events, after: "e:12").map(\.clock) == ["e:13"])
        #expect(try HistoryCommand.events(events, after: "").count == events.count)
        #expect(throws: CommandFailure.self) { try HistoryCommand.events(events, after: "e:99") }
        #expect(try HistoryCommand.contactId("ca", in: events) == "call-1")
        let failure = #expect(throws: CommandFailure.self) { try HistoryCommand.contactId("x", in: events) }
        #expect(failure?.next == ["partyline history --contact call-1"])
    }

    @Test("why: the rule, and what has changed since the last snapshot")
    func why() throws {
        let events = try Self.day()
        let connected = try #require(Explanation(of: "e:8", in: events))
        #expect(connected.former == "e:5" && connected.changes.map(\.path) == ["state.type"])
        #expect(connected.changes.first?.text == #"state.type: "connecting" → "connected""#)
        #expect(connected.lines(.plain).contains("rule: its state changed to connected"))
        #expect(connected.json["changes"]?.array?.count == 1 && connected.json["comparedWith"] == "e:5")
        // The refresh of the same snapshot has the new state already.
        let state = try #require(Explanation(of: "e:7", in: events))
        #expect(state.former == "e:2" && state.changes.map(\.path) == ["state.name"])
        let first = try #require(Explanation(of: "e:3", in: events))
        #expect(first.former == nil && first.lines(.plain).last == "there is no earlier event to compare it with")
        #expect(Explanation(of: "e:99", in: events) == nil)
    }

    @Test("a broadcast has no rule, and names its port")
    func broadcast() throws {
        let event = try Lines.event("contact::connected", ["a": 1], from: "p")
        let lines = try #require(Explanation(of: "e:1", in: [event])).lines(.plain)
        #expect(lines.contains("rule: none: the daemon does not derive it") && lines.contains("broadcast by port p"))
    }

    @Test(
        "the difference of two values",
        arguments: [
            (#"{"a":1}"#, #"{"a":1}"#, []), (#"{"a":1}"#, #"{"a":2}"#, ["a: 1 → 2"]),
            (#"{"a":{"b":1,"c":2}}"#, #"{"a":{"b":1}}"#, ["a.c: 2 → nothing"]),
            (#"[1,2]"#, #"[1,3,4]"#, ["1: 2 → 3", "2: nothing → 4"]), (#"{"x.y":1}"#, "{}", [#"x\.y: 1 → nothing"#]),
            (#"{"a":[]}"#, #"{"a":null}"#, ["a: [] → null"]),
        ])
    func differences(before: String, after: String, expected: [String]) throws {
        let changes = JSONDifference.between(try JSON(parsing: before), try JSON(parsing: after))
        #expect(changes.map(\.text) == expected)
    }
}
