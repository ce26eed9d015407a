// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Testing

@testable import partyline

@Suite("Two versions of the agent → sentences")
struct NarratorTests {
    struct Case: Sendable {
        let old: AgentData?
        let new: AgentData
        let sentences: [String]

        init(_ old: AgentData?, _ new: AgentData, _ sentences: String...) {
            self.old = old
            self.new = new
            self.sentences = sentences
        }
    }

    static let cases: [Case] = [
        Case(nil, Agents.agent("Offline", "offline"), "Ada is Offline"),
        Case(nil, Agents.with(Agents.call("connected")), "Ada is Available", "call from +15550100 is connected"),
        Case(Agents.agent(), Agents.agent()),
        Case(Agents.agent(), Agents.agent("Lunch", "not_routable"), "Ada is now Lunch"),
        Case(
            Agents.agent(), Agents.agent("MissedCallAgent", "error"),
            "Ada is now MissedCallAgent: the agent did not accept the contact in time"),
        Case(Agents.agent(), Agents.agent(next: "Lunch"), "Ada will be Lunch next"),
        Case(Agents.agent(next: "Lunch"), Agents.agent(), "Ada will not be Lunch next"),
        Case(Agents.agent(next: "Lunch"), Agents.agent("Lunch", "not_routable"), "Ada is now Lunch"),
        Case(Agents.agent(), Agents.with(Agents.call("connecting")), "call from +15550100 is ringing (Support)"),
        Case(Agents.agent(), Agents.with(Agents.chat("connecting")), "chat with Mary is waiting to be accepted"),
        Case(
            Agents.with(Agents.call("connecting")), Agents.with(Agents.call("connected")),
            "call from +15550100 is connected"),
        Case(
            Agents.with(Agents.call("connected")), Agents.with(Agents.call("connected", customer: "hold")),
            "call from +15550100 has the customer on hold"),
        Case(
            Agents.with(Agents.call("connected", customer: "hold")), Agents.with(Agents.call("connected")),
            "call from +15550100 has the customer back from hold"),
        Case(
            Agents.with(Agents.call("connected")), Agents.with(Agents.call("ended", customer: "disconnected")),
            "call from +15550100 has ended, after-contact work"),
        Case(
            Agents.with(Agents.call("connected")),
            Agents.with(Agents.call("connected", Agents.leg("t", "connecting"))), "call from +15550100 calls in Bob"),
        Case(
            Agents.with(Agents.call("connected", Agents.leg("t", "connecting"))),
            Agents.with(Agents.call("connected", Agents.leg("t", "connected"))), "call from +15550100 is joined by Bob"
        ),
        Case(
            Agents.with(Agents.call("connected", Agents.leg("t", "connected"))),
            Agents.with(Agents.call("connected", customer: "disconnected", Agents.leg("t", "connected"))),
            "call from +15550100 goes on without the customer"),
        Case(Agents.with(Agents.call("missed")), Agents.agent(), "call from +15550100 is cleared"),
        Case(
            Agents.with(Agents.call("connected")), Agents.with(Agents.call("brand_new")),
            "call from +15550100 is now brand_new"),
    ]

    @Test(arguments: cases) func sentences(_ example: Case) {
        #expect(Narrator.sentences(from: example.old, to: example.new).map(\.text) == example.sentences)
    }

    private static let links: [(String, Bool, String?)] = [
        ("up", false, nil), ("degraded", false, "Amazon Connect does not answer at the moment: no route"),
        ("degraded", false, nil),
        ("degraded", true, "Amazon Connect has not answered for a while: this may be out of date"),
        ("down", true, "Amazon Connect cannot be reached: no route"), ("down", true, nil), ("new", true, nil),
        ("up", false, "Amazon Connect answers again"), ("idle", false, nil), ("up", false, nil),
        ("down", true, "Amazon Connect cannot be reached: no route"), ("idle", false, nil), ("up", false, nil),
    ]

    @Test("the connection to the service: a sentence for each change that matters, in this order")
    func link() {
        var narrator = EventNarrator()
        for (step, (state, isStale, expected)) in Self.links.enumerated() {
            let data: JSON = ["state": .string(state), "stale": .bool(isStale), "lastError": "no route"]
            let sentence = narrator.sentence("partyline::link", data, isBroadcast: false)
            #expect(sentence?.text == expected, "step \(step)")
        }
        var late = EventNarrator()
        let data: JSON = ["state": "degraded", "stale": false]
        #expect(late.sentence("partyline::link", data)?.text == "Amazon Connect does not answer at the moment")
    }

    @Test("other events → a sentence each, none for frequent or repeated ones")
    func events() throws {
        var narrator = EventNarrator()
        var sentences: [String] = []
        let lines = [
            #"{"event":"acknowledge"}"#, #"{"event":"update_connected_ccps","data":{"length":2}}"#,
            #"{"event":"update_connected_ccps","data":{"length":2}}"#, #"{"event":"webSocket::connection_lost"}"#,
            #"{"event":"agent::websocket_connection_lost"}"#, #"{"event":"api_metric","data":{}}"#,
            #"{"event":"webSocket::connection_gain"}"#, #"{"event":"crm::pop"}"#,
            #"{"event":"webSocket::all_message","data":{"topic":"aws/chat","content":"{\"Type\":\"MESSAGE\",\"Content\":\"Hi\",\"ParticipantRole\":\"CUSTOMER\"}"}}"#,
            #"{"event":"webSocket::all_message","data":{"topic":"aws/task","content":"{}"}}"#,
        ]
        for line in lines {
            let message = try ServerMessage(line: Array(line.utf8))
            sentences += narrator.sentence(message.event, message.data).map { [$0.text] } ?? []
        }
        #expect(
            sentences == [
                "partylined has 2 connections", "websocket is lost", "websocket is connected",
                "a program broadcast crm::pop", "the customer says: Hi",
            ])
    }
}
