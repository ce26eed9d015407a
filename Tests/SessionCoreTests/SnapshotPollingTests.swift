// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Long poll of the snapshot")
struct SnapshotPollingTests {
    private func body(nextToken: String) -> HTTPCall {
        Fixture.call(
            "GetAgentSnapshot",
            #"{"nextToken":"\#(nextToken)","timeout":30000,"authentication":{"authToken":"t1"}}"#, timeout: 45_000
        )
    }

    @Test("a success → the next poll after 100 ms, with the new nextToken")
    func success() throws {
        let harness = try SessionHarness.configured()
        harness.advance(1234)
        let actions = try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(actions == [try Fixture.metric("getAgentSnapshot", time: 1234), .schedule(.snapshot, after: 100)])
        harness.advance(99)
        #expect(harness.count(of: "GetAgentSnapshot") == 0)
        harness.advance(1)
        #expect(try harness.pending("GetAgentSnapshot") == body(nextToken: "n1"))
    }

    @Test("a failure → the next poll after 5 s, with the last nextToken")
    func failure() throws {
        let harness = try SessionHarness.running()
        let fault = #"{"__type":"InternalFault","message":"no"}"#
        let actions = try harness.answer("GetAgentSnapshot", fault, status: 400)
        let error = Fixture.error("InternalFault", "no", 400)
        #expect(
            actions == [
                try Fixture.metric("getAgentSnapshot", status: 400, error: error),
                .log(.warning, "the link to the service is down", ["why": "getAgentSnapshot: InternalFault: no"]),
                .schedule(.snapshot, after: 5_000),
            ])
        #expect(harness.status.link.state == .down)
        #expect(harness.status.link.lastError == "getAgentSnapshot: InternalFault: no")
        harness.advance(4_999)
        #expect(harness.count(of: "GetAgentSnapshot") == 0)
        harness.advance(1)
        #expect(try harness.pending("GetAgentSnapshot") == body(nextToken: "n1"))
    }

    @Test("the service answers a client's call → the link is up; a failed call → it stays down")
    func clientsCall() throws {
        let harness = try SessionHarness.running()
        try harness.answer("GetAgentSnapshot", "{}", status: 400)
        let ticket = RequestTicket.request(PortID(number: 1), requestId: nil)
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c1"]))
        try harness.endForGood("AcceptContact", .response(status: 400, reason: "", body: Array("{}".utf8)))
        #expect(harness.status.link.state == .down)
        harness.advance(1_000)
        harness.forget()
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c1"]))
        try harness.answer("AcceptContact", "{}")
        #expect(harness.status.link.state == .up && harness.status.link.failures == 0)
        #expect(
            harness.recorded.contains {
                if case .log(.info, "the link to the service is up again", _) = $0 { true } else { false }
            })
    }

    @Test(
        "a response without a snapshot → a failure",
        arguments: ["{}", #"{"snapshot":null,"nextToken":"x"}"#, #"{"snapshot":[]}"#, "", "not JSON"])
    func noSnapshot(text: String) throws {
        let harness = try SessionHarness.configured()
        let actions = try harness.answer("GetAgentSnapshot", text)
        #expect(actions.last == .schedule(.snapshot, after: 5_000))
        #expect(harness.status.link.state == .down)
        harness.advance(5_000)
        #expect(
            try harness.pending("GetAgentSnapshot").body
                == Array(#"{"timeout":30000,"authentication":{"authToken":"t1"}}"#.utf8))
    }

    @Test("localTimestamp, skew and contentLength are added to a snapshot")
    func decoration() throws {
        let harness = try SessionHarness.configured()
        try harness.completeRound()
        harness.advance(1000)
        harness.forget()
        let actions = try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        let agent = try #require(harness.agents.first)
        let expected: JSON = [
            "state": ["type": "routable", "name": "Available", "startTimestamp": "2025-01-01T11:46:40.500Z"],
            "contacts": [], "snapshotTimestamp": "2025-01-01T12:00:00.250Z", "localTimestamp": 1_735_732_801_000,
            "skew": -750, "contentLength": .int(Fixture.snapshot.utf8.count),
        ]
        #expect(JSON.object(agent.snapshot.json) == expected)
        #expect(
            actions == [
                try Fixture.metric("getAgentSnapshot", time: 1000), .publishAgent(agent),
                .schedule(.snapshot, after: 100),
            ])
        #expect(harness.status.skew == -750)
        #expect(harness.status.snapshotAsOf == 1_735_732_801_000)
    }

    @Test("no contacts → an empty list; no timestamp → no skew", arguments: ["", #","contacts":null"#])
    func nullContacts(member: String) throws {
        let harness = try SessionHarness.configured()
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", #"{"snapshot":{"state":{"name":"x"}\#(member)},"nextToken":"n"}"#)
        let snapshot = try #require(harness.agents.last).snapshot.json
        #expect(snapshot["contacts"] == [])
        #expect(snapshot.names == ["state", "contacts", "localTimestamp", "contentLength"])
    }

    @Test("the agent is published when snapshot and configuration have arrived, then with every poll")
    func bothHalves() throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.agents.isEmpty)
        try harness.completeRound()
        #expect(harness.agents.count == 1)
        for round in 2...4 {
            harness.advance(100)
            try harness.answer("GetAgentSnapshot", Fixture.snapshot)
            #expect(harness.agents.count == round)
        }
    }

    @Test("invalid UTF-8 in one attribute → replaced, and the agent is published")
    func brokenText() throws {
        let harness = try SessionHarness.configured()
        try harness.completeRound()
        let bytes =
            Array(#"{"snapshot":{"state":{"name":"L"#.utf8) + [0xFF] + Array(#"nch"}},"nextToken":"n"}"#.utf8)
        try harness.end("GetAgentSnapshot", .response(status: 200, reason: "OK", body: bytes))
        let snapshot = try #require(harness.agents.last).snapshot
        #expect(snapshot.state?.name == "L\u{FFFD}nch")
        #expect(snapshot.json["contentLength"] == .int(bytes.count))
    }

    @Test("the link goes up with the first success and down with the first failure")
    func link() throws {
        let harness = try SessionHarness.configured()
        #expect(
            harness.status.link == SessionStatus.Link(state: .idle, since: SessionHarness.epoch, isStale: true))
        harness.advance(10)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        let up = SessionStatus.Link(state: .up, since: SessionHarness.epoch + 10)
        #expect(harness.status.link == up)
        harness.advance(100)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.status.link == up)
        harness.advance(100)
        try harness.answer("GetAgentSnapshot", status: 404)
        harness.advance(5000)
        try harness.answer("GetAgentSnapshot", status: 404)
        #expect(harness.status.link.state == .down)
        #expect(harness.status.link.since == SessionHarness.epoch + 210)
        #expect(harness.status.link.lastError == "getAgentSnapshot: UnknownError")
        harness.forget()
        harness.advance(5_000)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        let logged = harness.recorded.filter { if case .log = $0 { true } else { false } }
        #expect(logged == [.log(.info, "the link to the service is up again", ["after": "10.0 s"])])
        #expect(harness.status.link == SessionStatus.Link(state: .up, since: SessionHarness.epoch + 10_210))
    }
}
