// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The role presence")
struct PresenceTests {
    /// The parts of the agent that this role may see.
    private static let narrow =
        #"{"snapshot":{"state":{"name":"Available","type":"routable"}},"configuration":{"name":"Robin"}}"#
    private static let update = #"{"event":"agent::update","data":\#(narrow)}"#

    @Test("a Streams port gets the agent's newest state and nothing else")
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
        harness.updateAgent("a=connecting")
        #expect(harness.read(one) == [Self.update])
        harness.updateAgent("a=connected")
        harness.updateAgent("a=ended")
        #expect(harness.read(one) == [Self.update])
    }

    @Test("a new port gets the agent at once, and none after forgetAgent")
    func newcomer() {
        let harness = ConduitHarness()
        harness.updateAgent("a=connecting")
        let one = harness.open(1, uid: 2000)
        #expect(harness.read(one).dropFirst() == [Self.update])
        harness.updateAgent()
        harness.handle(.forgetAgent)
        #expect(harness.read(one) == [])
    }

    @Test("a subscriber gets the agent's events and a reduced snapshot")
    func subscriber() {
        let harness = ConduitHarness()
        harness.updateAgent("a=connecting")
        let one = harness.port(1, role: .presence)
        let page = harness.port(2)
        harness.subscribe(one, "*")
        #expect(harness.read(one) == [answerLine(#"{"clock":"e1:10","fresh":true,"snapshot":\#(Self.narrow)}"#)])
        harness.handle(.publish("auth_fail", nil))
        harness.broadcast(page, "mute")
        harness.broadcast(page, "contact::view", ["contactId": "a"])
        harness.updateAgent("a=connected")
        let time = #""time":"2025-01-01T12:00:00.000Z"}"#
        let brief = #"{"name":"Robin","state":{"name":"Available","type":"routable"},"nextState":null}"#
        #expect(
            harness.read(one) == [
                Self.update.dropLast() + #","clock":"e1:14",\#(time)"#,
                #"{"event":"agent::refresh","data":{"agent":\#(brief)},"clock":"e1:16",\#(time)"#,
            ])
    }

    @Test("getAgent: the reduced agent, with its age")
    func asks() {
        let harness = ConduitHarness()
        harness.updateAgent("a=connecting")
        let one = harness.port(1, role: .presence)
        harness.ask(one, "getAgent")
        #expect(
            harness.read(one) == [
                answerLine(
                    #"{"clock":"e1:9","asOf":"2025-01-01T12:00:00.000Z","ageMs":0,"agent":\#(Self.narrow)}"#)
            ])
    }

    @Test("patterns of hidden events match nothing, on resume either", arguments: [nil, "e1:0"])
    func hidden(since: String?) {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .presence)
        harness.updateAgent("a=connecting")
        harness.handle(.publish("webSocket::all_message", nil))
        harness.subscribe(
            one, "agent::acw", "contact::*", "contact::*::a", "webSocket::*", "update_connected_ccps", since: since)
        harness.updateAgent("a=connected")
        #expect(harness.briefly(one) == ["partyline::response"])
    }

    @Test("a resuming subscriber gets the agent's events since its clock")
    func resumed() {
        let harness = ConduitHarness()
        harness.updateAgent("a=connecting")
        harness.updateAgent("a=connected", state: ["name": "Lunch", "type": "not_routable"])
        let one = harness.port(1, role: .presence)
        harness.subscribe(one, "agent::state_change", "contact::*", since: "e1:0")
        #expect(
            harness.briefly(one) == ["partyline::response", "agent::state_change e1:5", "agent::state_change e1:12"])
    }

    @Test("a lagging port gets the range and the reduced agent", arguments: [false, true])
    func lagged(subscribes: Bool) {
        let harness = ConduitHarness { $0.logLines = 4 }
        let one = harness.port(1, role: .presence)
        if subscribes { harness.subscribe(one, "*") }
        _ = harness.read(one)
        for contact in ["a=connecting", "a=connected", "a=ended"] { harness.updateAgent(contact) }
        let lines = harness.read(one)
        let clocks = #""from":"e1:2","to":"e1:\#(subscribes ? 18 : 13)""#
        let lagged = #"{"event":"partyline::lagged","data":{\#(clocks)"#
        #expect(
            lines
                == (subscribes
                    ? [lagged + #","fresh":true,"clock":"e1:18","snapshot":\#(Self.narrow)}}"#]
                    : [lagged + "}}", Self.update]))
    }

    @Test("members that the agent lacks are absent, and null stays null")
    func sparse() throws {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .presence)
        let agent: JSON = ["snapshot": ["nextState": .null, "secret": 1], "configuration": ["username": "robin"]]
        harness.handle(.agent(try #require(AgentData(json: agent))))
        let line = #"{"event":"agent::update","data":{"snapshot":{"nextState":null},"configuration":{}}}"#
        #expect(harness.read(one) == [line])
    }
}
