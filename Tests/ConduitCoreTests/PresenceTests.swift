import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The role presence")
struct PresenceTests {
    /// All of an agent that this role may know.
    private static let narrow =
        #"{"snapshot":{"state":{"name":"Available","type":"routable"}},"configuration":{"name":"Robin"}}"#
    private static let update = #"{"event":"agent::update","data":\#(narrow)}"#

    @Test("of the Streams dialect it gets the agent's state, the newest one, and nothing else")
    func streams() {
        let harness = ConduitHarness()
        let one = harness.open(1, uid: 2000)
        let page = harness.port(2)
        harness.handle(.publish("webSocket::all_message", RawJSON(["topic": "aws/chat"])))
        harness.handle(.publish(EventName.apiMetric, nil))
        harness.broadcast(page, "mute")
        harness.broadcast(page, "agent::state_change")
        harness.broadcast(page, "contact::view", ["contactId": "a"])
        #expect(harness.briefly(one) == ["acknowledge"])
        harness.sees("a=connecting")
        #expect(harness.read(one) == [Self.update])
        harness.sees("a=connected")
        harness.sees("a=ended")
        #expect(harness.read(one) == [Self.update])
    }

    @Test("a newcomer gets it at once, and none when the session is over")
    func newcomer() {
        let harness = ConduitHarness()
        harness.sees("a=connecting")
        let one = harness.open(1, uid: 2000)
        #expect(harness.read(one).dropFirst() == [Self.update])
        harness.sees()
        harness.handle(.forgetAgent)
        #expect(harness.read(one) == [])
    }

    @Test("a subscriber gets the agent's events as they are, and a narrow snapshot")
    func subscriber() {
        let harness = ConduitHarness()
        harness.sees("a=connecting")
        let one = harness.port(1, role: .presence)
        let page = harness.port(2)
        harness.subscribe(one, "*")
        #expect(harness.read(one) == [answerLine(#"{"clock":"e1:10","fresh":true,"snapshot":\#(Self.narrow)}"#)])
        harness.handle(.publish("auth_fail", nil))
        harness.broadcast(page, "mute")
        harness.broadcast(page, "contact::view", ["contactId": "a"])
        harness.sees("a=connected")
        let time = #""time":"2025-01-01T12:00:00.000Z"}"#
        let brief = #"{"name":"Robin","state":{"name":"Available","type":"routable"},"nextState":null}"#
        #expect(
            harness.read(one) == [
                Self.update.dropLast() + #","clock":"e1:14",\#(time)"#,
                #"{"event":"agent::refresh","data":{"agent":\#(brief)},"clock":"e1:16",\#(time)"#,
            ])
    }

    @Test("patterns of what it may not see match nothing, resumed or not", arguments: [nil, "e1:0"])
    func hidden(since: String?) {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .presence)
        harness.sees("a=connecting")
        harness.handle(.publish("webSocket::all_message", nil))
        harness.subscribe(one, "contact::*", "contact::*::a", "webSocket::*", "update_connected_ccps", since: since)
        harness.sees("a=connected")
        #expect(harness.briefly(one) == ["partyline::response"])
    }

    @Test("resumed, it gets the states that it missed")
    func resumed() {
        let harness = ConduitHarness()
        harness.sees("a=connecting")
        harness.sees("a=connected", state: ["name": "Lunch", "type": "not_routable"])
        let one = harness.port(1, role: .presence)
        harness.subscribe(one, "agent::state_change", "contact::*", since: "e1:0")
        #expect(
            harness.briefly(one) == ["partyline::response", "agent::state_change e1:5", "agent::state_change e1:12"])
    }

    @Test("lagging, it is told what it may know", arguments: [false, true])
    func lagged(subscribes: Bool) {
        let harness = ConduitHarness { $0.logLines = 4 }
        let one = harness.port(1, role: .presence)
        if subscribes { harness.subscribe(one, "*") }
        _ = harness.read(one)
        for contact in ["a=connecting", "a=connected", "a=ended"] { harness.sees(contact) }
        let lines = harness.read(one)
        let clocks = #""from":"e1:2","to":"e1:\#(subscribes ? 18 : 13)""#
        let lagged = #"{"event":"partyline::lagged","data":{\#(clocks)"#
        #expect(
            lines
                == (subscribes
                    ? [lagged + #","fresh":true,"clock":"e1:18","snapshot":\#(Self.narrow)}}"#]
                    : [lagged + "}}", Self.update]))
    }

    @Test("what the agent lacks is absent, and null stays null")
    func sparse() throws {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .presence)
        let agent: JSON = ["snapshot": ["nextState": .null, "secret": 1], "configuration": ["username": "robin"]]
        harness.handle(.agent(try #require(Agent(json: agent))))
        let line = #"{"event":"agent::update","data":{"snapshot":{"nextState":null},"configuration":{}}}"#
        #expect(harness.read(one) == [line])
    }
}
