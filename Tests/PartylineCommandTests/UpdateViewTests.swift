// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

@testable import partyline

@Suite("What watch prints")
struct UpdateViewTests {
    private static let fresh = Subscribed(json: ["clock": "e:1", "fresh": true, "snapshot": Agents.agent().json])

    @Test("JSON: the daemon's own lines, and a line wherever the stream starts")
    func json() throws {
        var view = JSONView()
        let answer = Subscribed(json: ["clock": "e:1", "fresh": false])
        #expect(
            view.lines(.subscribed(answer))
                == [#"{"event":"partyline::subscribed","data":{"clock":"e:1","fresh":false}}"#])
        let event = try Lines.event("crm::pop", ["n": 1], clock: "e:2", time: "t", from: "p")
        #expect(
            view.lines(.event(event))
                == [#"{"event":"crm::pop","data":{"n":1},"from":"p","clock":"e:2","time":"t"}"#])
        #expect(view.lines(.gone(.timeout)).isEmpty)
    }

    @Test("the number of programs is printed when it has stayed for a second, and only if it is new")
    func programs() throws {
        var instant = ContinuousClock.now
        var view = StoryView(palette: .plain, now: { 0 }, instant: { instant })
        func count(_ number: Int) throws -> EventStream.Update {
            .event(try Lines.event("update_connected_ccps", ["length": .int(number)]))
        }
        #expect(view.lines(try count(2)).isEmpty)
        #expect(view.due().isEmpty && view.deadline != nil)
        instant += .milliseconds(999)
        #expect(view.due().isEmpty && view.deadline != nil)
        instant += .milliseconds(1)
        #expect(view.due().count == 1 && view.deadline == nil)
        // A command connects and disconnects within the second.
        #expect(view.lines(try count(3)).isEmpty && view.deadline != nil)
        #expect(view.lines(try count(2)).isEmpty && view.deadline == nil)
        #expect(view.due().isEmpty)
    }

    @Test("control characters → JSON escapes")
    func escapes() throws {
        var view = JSONView()
        let event = try Lines.event("crm::pop", ["text": "a\u{9B}b\u{202E}c"])
        #expect(view.lines(.event(event)).first?.contains(#""a\u009bb\u202ec""#) == true)
        #expect(GetCommand.text(["a": "\u{85}"], asJSON: false, isTerminal: true) == "{\n  \"a\": \"\\u0085\"\n}")
    }

    private static let summaries: [(String, JSON, String)] = [
        (
            "contact::connected", ["contactId": "call-1", "contact": Agents.call("connected")],
            "call-1 · call from +15550100 · connected"
        ),
        ("agent::state_change", ["oldState": "Lunch", "newState": "Available"], "Lunch → Available"),
        (
            "agent::acw", ["agent": ["name": "Ada", "state": ["name": "AfterCallWork"], "nextState": .null]],
            "Ada · AfterCallWork"
        ),
        (
            "agent::enqueued_next_state",
            ["agent": ["name": "Ada", "state": ["name": "Busy"], "nextState": ["name": "Lunch"]]],
            "Ada · Busy · then Lunch"
        ),
        ("agent::update", Agents.with(Agents.call("connected")).json, "Ada · Available · 1 contact"),
        ("webSocket::connection_gain", .null, "null"), ("crm::pop", ["a": "x\ty"], #"{"a":"x\ty"}"#),
        ("partyline::link", ["state": "up", "stale": false, "lastError": "of before"], "up"),
        ("partyline::link", ["state": "degraded", "stale": false, "lastError": "no answer"], "degraded · no answer"),
        ("partyline::link", ["state": "down", "stale": true], "down · stale"),
        ("partyline::ports", ["count": 1], "1 program"),
        (
            "partyline::ports", ["count": 3, "joined": ["id": "1-2", "program": "crm", "role": "operator"]],
            "3 programs · crm (operator) joined"
        ),
        (
            "partyline::ports", ["count": 2, "left": ["id": "1-2", "role": "presence"]],
            "2 programs · 1-2 (presence) left"
        ),
        (
            "webSocket::all_message",
            ["topic": "aws/chat", "content": ["Type": "MESSAGE", "Content": "Hi", "DisplayName": "Mary"]],
            "Mary says: Hi"
        ),
    ]

    @Test("an event → its summary", arguments: summaries)
    func summary(name: String, data: JSON, expected: String) throws {
        #expect(EventSummary.text(try Lines.event(name, data)) == expected)
    }

    @Test("a long event → cut; a broadcast → marked")
    func long() throws {
        let event = try Lines.event("x", .string(String(repeating: "y", count: 500)), from: "p")
        let text = EventSummary.text(event)
        #expect(text.count == 120 + " (broadcast)".count)
        #expect(text.hasSuffix("y… (broadcast)"))
    }

    private static let marked: [(String, String)] = [
        (#""by":{"port":"1-2","program":"crm"},"clock":"e:1""#, "{} (by crm)"),
        (#""by":{"port":"1-2"},"clock":"e:1""#, "{} (by port 1-2)"), (#""existing":true"#, "{} (already there)"),
        (
            #""existing":true,"stale":true,"clock":"e:1","from":"p""#, "{} (broadcast, already there, stale)"
        ), (#""existing":false,"clock":"e:1""#, "{}"),
    ]

    @Test("who caused it, and whether it was so already → marked", arguments: marked)
    func marks(members: String, expected: String) throws {
        #expect(EventSummary.text(try Lines.parsed(#"{"event":"x","data":{},\#(members)}"#)) == expected)
    }

    @Test("the time from which the data are stale is local")
    func stale() throws {
        let data: JSON = ["state": "degraded", "stale": true, "asOf": "2026-01-01T00:00:00.000Z"]
        let text = EventSummary.text(try Lines.event("partyline::link", data))
        #expect(text == "degraded · stale since \(WallClock.timeOfDay(1_767_225_600_000))")
    }

    @Test("sentences: agent::update comes before the events that say who caused the change, so it is not told")
    func causes() throws {
        let lunch = Agents.agent("Lunch", "not_routable")
        let update = EventStream.Update.event(try Lines.event("agent::update", lunch.json))
        let brief = #"{"agent":{"name":"Ada","state":{"name":"Lunch","type":"not_routable"},"nextState":null}}"#
        let refresh = EventStream.Update.event(
            try Lines.parsed(
                #"{"event":"agent::refresh","data":\#(brief),"by":{"port":"1-2","program":"crm"},"clock":"e:2"}"#))
        func lines(_ view: StoryView) -> [String] {
            var view = view
            let updates = [.subscribed(Self.fresh), update, refresh]
            return updates.flatMap { view.lines($0) }.map { String($0.dropFirst(10)) }
        }
        let story = StoryView(palette: .plain) { 0 }
        #expect(lines(story) == ["Ada is Available", "Ada is now Lunch (by crm)"])
        // In mode latest derived events may be left out.
        let latest = StoryView(palette: .plain, tellsUpdates: true) { 0 }
        #expect(lines(latest) == ["Ada is Available", "Ada is now Lunch"])
    }

    @Test("the list shows time, name and summary; the sentences start with the snapshot")
    func people() throws {
        let event = try Lines.event("agent::state_change", ["oldState": "a", "newState": "b"])
        let instant: Int64 = 1_767_225_600_000
        let list = ListView(palette: .plain) { 0 }
        #expect(list.lines(.event(event)) == ["\(WallClock.timeOfDay(instant))  agent::state_change   a → b"])
        #expect(list.lines(.subscribed(Self.fresh)).isEmpty)
        var story = StoryView(palette: .plain) { instant }
        #expect(story.lines(.subscribed(Self.fresh)) == ["\(WallClock.timeOfDay(instant))  Ada is Available"])
        #expect(story.lines(.event(event)).isEmpty)
    }

    private static let colours: [(AgentData?, LightColour)] = [
        (nil, .unknown), (Agents.agent(), .green), (Agents.agent("Lunch", "not_routable"), .yellow),
        (Agents.agent("Offline", "offline"), .off), (Agents.agent("AfterCallWork", "system"), .yellow),
        (Agents.agent("MissedCallAgent", "error"), .yellow), (Agents.agent("Busy", "system"), .red),
        (Agents.agent("PendingBusy", "system"), .blink), (Agents.with(Agents.call("connecting")), .blink),
        (Agents.with(Agents.call("incoming")), .blink), (Agents.with(Agents.call("connected")), .red),
        (Agents.with(Agents.call("ended")), .green), (Agents.with(Agents.call("missed")), .green),
        (Agents.with(Agents.chat("connected"), Agents.call("connecting")), .blink),
        (Agents.with(Agents.dialled("connecting")), .red),
        (Agents.agent("Offline", "offline", Agents.call("connected")), .red),
    ]

    @Test("an agent → the colour of the light", arguments: colours)
    func colour(agent: AgentData?, expected: LightColour) { #expect(LightColour(agent) == expected) }

    @Test("the light is unknown while what is known is out of date, and right again afterwards")
    func outOfDate() throws {
        var view = LightView()
        func link(_ state: String, _ isStale: Bool) throws -> EventStream.Update {
            .event(try Lines.event("partyline::link", ["state": .string(state), "stale": .bool(isStale)]))
        }
        #expect(LightView.subscription.patterns == ["agent::*", "partyline::link"])
        #expect(view.lines(.subscribed(Self.fresh)) == ["green"])
        #expect(view.lines(try link("degraded", false)).isEmpty)
        #expect(view.lines(try link("degraded", true)) == ["unknown"])
        let call = try Lines.event("agent::update", Agents.with(Agents.call("connecting")).json)
        #expect(view.lines(.event(call)).isEmpty)
        #expect(view.lines(try link("up", false)) == ["blink"])
        #expect(view.lines(try link("down", true)) == ["unknown"])
        let stale = Subscribed(
            json: ["clock": "e:1", "fresh": true, "stale": true, "snapshot": Agents.agent().json])
        #expect(view.lines(.gone(.timeout)).isEmpty)
        #expect(view.lines(.subscribed(stale)).isEmpty)
        #expect(view.lines(try link("up", false)) == ["green"])
        #expect(view.lines(.subscribed(stale)) == ["unknown"])
        #expect(view.lines(.subscribed(Self.fresh)) == ["green"])
    }

    @Test("the light prints the first colour at once, each change once, and unknown")
    func light() throws {
        var view = LightView()
        #expect(view.lines(.subscribed(Self.fresh)) == ["green"])
        let call = try Lines.event("agent::update", Agents.with(Agents.call("connecting")).json)
        #expect(view.lines(.event(call)) == ["blink"])
        #expect(view.lines(.event(call)).isEmpty)
        let refresh = try Lines.event(
            "agent::refresh", ["agent": ["state": ["name": "Available", "type": "routable"]]])
        #expect(view.lines(.event(refresh)).isEmpty)
        let lie = try Lines.event("agent::mood", ["agent": ["state": ["type": "offline"]]], from: "p")
        #expect(view.lines(.event(lie)).isEmpty)
        #expect(view.lines(.gone(.timeout)) == ["unknown"])
        #expect(view.lines(.gone(.timeout)).isEmpty)
        #expect(view.lines(.subscribed(Self.fresh)) == ["green"])
        #expect(LightView().firstLines(Subscribed(json: ["clock": "e:1", "fresh": true])) == ["unknown"])
    }
}

extension LightView {
    fileprivate func firstLines(_ answer: Subscribed) -> [String] {
        var view = self
        return view.lines(.subscribed(answer))
    }
}
