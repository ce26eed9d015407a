// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Disaster recovery")
struct DisasterRecoveryTests {
    private let here = "arn:here"
    private let there = "arn:there"
    private let url = "https://discovery.example/1?signature=s"

    private func answer(_ harness: SessionHarness, _ active: String, terminate: Bool = false) throws {
        try harness.answer("active region", #"{"InstanceArn":"\#(active)","TerminateActiveContacts":\#(terminate)}"#)
    }

    private func ask(_ harness: SessionHarness) {
        harness.handle(.initDRPolling(["instanceArn": .string(here), "otherArn": .string(there)]))
    }

    /// A session after its first check of the active region.
    private func polling(first active: String) throws -> SessionHarness {
        let harness = try SessionHarness.connected()
        ask(harness)
        try harness.answer("CreateTransport", #"{"agentDiscoveryTransport":{"presignedUrl":"\#(url)"}}"#)
        harness.forget()
        try answer(harness, active)
        return harness
    }

    private func drEvents(_ harness: SessionHarness) -> [SessionHarness.Published] {
        harness.published.filter { $0.event.hasPrefix("disasterRecovery") }
    }

    private func snapshot(_ contacts: String) -> String {
        #"{"snapshot":{"state":{"type":"routable","name":"A"},"contacts":[\#(contacts)],"snapshotTimestamp":1},"nextToken":"n"}"#
    }

    private let contacts = ["incoming", "connecting", "connected", "ended", "missed"].map {
        #"{"contactId":"\#($0)","state":{"type":"\#($0)","timestamp":1}}"#
    }.joined(separator: ",")

    @Test("suppress hides contacts that are neither connected nor ended; failover is published unless disabled")
    func suppress() throws {
        let harness = try SessionHarness.running()
        harness.handle(.suppress(["suppress": true]))
        #expect(drEvents(harness) == [.init(event: "disasterRecovery::failover", data: ["isPrimary": false])])
        try harness.answer("GetAgentSnapshot", snapshot(contacts))
        #expect(harness.agents.last?.snapshot.contacts.map(\.contactId) == ["connected", "ended"])
        #expect(harness.handle(.suppress(["suppress": false, "shouldSendFailoverDownstream": false])) == [])
        harness.advance(100)
        try harness.answer("GetAgentSnapshot", snapshot(contacts))
        #expect(harness.agents.last?.snapshot.contacts.count == 5)
        harness.handle(.suppress([:]))
        #expect(drEvents(harness).last == .init(event: "disasterRecovery::failover", data: ["isPrimary": true]))
    }

    @Test("force_offline is published as failover once, and precedes each update while contacts are suppressed")
    func forceOffline() throws {
        let harness = try SessionHarness.running()
        harness.handle(.forceOffline(["offline": true, "nextActiveArn": .string(there)]))
        let failover: JSON = ["isPrimary": false, "nextActiveArn": .string(there)]
        #expect(drEvents(harness) == [.init(event: "disasterRecovery::failover", data: failover)])
        #expect(harness.handle(.forceOffline(["nextActiveArn": .string(there)])) == [])
        harness.handle(.suppress(["suppress": true, "shouldSendFailoverDownstream": false]))
        harness.forget()
        try harness.answer("GetAgentSnapshot", snapshot(""))
        #expect(drEvents(harness) == [.init(event: "disasterRecovery::force_offline", data: nil)])
        harness.handle(.suppress(["suppress": false, "shouldSendFailoverDownstream": false]))
        harness.forget()
        harness.advance(100)
        try harness.answer("GetAgentSnapshot", snapshot(""))
        #expect(drEvents(harness).isEmpty)
    }

    @Test("force_offline with offline false → the next force_offline is published again")
    func backOnline() throws {
        let harness = try SessionHarness.running()
        let failover = SessionHarness.Published(event: "disasterRecovery::failover", data: ["isPrimary": false])
        harness.handle(.forceOffline(["offline": true]))
        #expect(harness.handle(.forceOffline(["offline": false])) == [])
        harness.handle(.suppress(["suppress": true, "shouldSendFailoverDownstream": false]))
        try harness.answer("GetAgentSnapshot", snapshot(""))
        #expect(drEvents(harness) == [failover])
        harness.handle(.forceOffline([:]))
        #expect(drEvents(harness) == [failover, failover])
    }

    @Test(
        "an answer without a member of its form → nothing, and the next check comes as usual",
        arguments: [
            "{}", #"{"InstanceArn":"arn:there"}"#, #"{"TerminateActiveContacts":true}"#,
            #"{"InstanceArn":7,"TerminateActiveContacts":true}"#,
            #"{"InstanceArn":"arn:there","TerminateActiveContacts":"no"}"#,
        ])
    func incomplete(answer: String) throws {
        let harness = try polling(first: here)
        harness.forget()
        harness.advance(60_000)
        try harness.answer("active region", answer)
        #expect(drEvents(harness).isEmpty)
        #expect(harness.wait(for: .activeRegion) == 60_000)
        harness.advance(60_000)
        try self.answer(harness, there)
        #expect(drEvents(harness).count == 1)
    }

    @Test("this region is active → failover for a client's first poll only")
    func thisRegion() throws {
        let harness = try polling(first: here)
        let failover = SessionHarness.Published(
            event: "disasterRecovery::failover", data: ["nextActiveArn": .string(here)])
        #expect(drEvents(harness) == [failover])
        #expect(harness.wait(for: .activeRegion) == 60_000)
        harness.advance(60_000)
        #expect(try harness.pending("active region").url == url)
        try answer(harness, here)
        #expect(drEvents(harness).count == 1)
        ask(harness)
        try answer(harness, here)
        #expect(drEvents(harness) == [failover, failover])
    }

    @Test("the other region is active at the first poll → one hard failover, contacts are suppressed")
    func hard() throws {
        let harness = try polling(first: there)
        let force: JSON = ["softFailover": false, "nextActiveArn": .string(there)]
        #expect(drEvents(harness) == [.init(event: "disasterRecovery::force_offline", data: force)])
        try harness.answer("GetAgentSnapshot", snapshot(contacts))
        #expect(harness.agents.last?.snapshot.contacts.count == 2)
        ask(harness)
        try answer(harness, there)
        harness.advance(60_000)
        try answer(harness, there)
        #expect(drEvents(harness).count == 1)
    }

    @Test(
        "the other region is active later → soft failover, unless TerminateActiveContacts is set",
        arguments: [false, true])
    func soft(terminate: Bool) throws {
        let harness = try polling(first: here)
        harness.advance(60_000)
        harness.forget()
        try answer(harness, there, terminate: terminate)
        let force: JSON = ["softFailover": .bool(!terminate), "nextActiveArn": .string(there)]
        #expect(drEvents(harness) == [.init(event: "disasterRecovery::force_offline", data: force)])
        // During a soft failover, a client that starts polling now receives this region as the active one.
        ask(harness)
        try answer(harness, there)
        #expect(drEvents(harness).count == (terminate ? 1 : 2))
    }

    @Test("a 401 or 403 → the URL is renewed at once, but not twice in a row", arguments: [401, 403])
    func newURL(status: Int) throws {
        let harness = try polling(first: here)
        harness.advance(60_000)
        try harness.answer("active region", "{}", status: status)
        #expect(harness.count(of: "CreateTransport") == 1)
        try harness.endForGood(
            "CreateTransport",
            .response(
                status: 200, reason: "",
                body: Array(
                    #"{"agentDiscoveryTransport":{"presignedUrl":"https://discovery.example/2"}}"#.utf8)))
        #expect(try harness.pending("active region").url == "https://discovery.example/2")
        try harness.answer("active region", "{}", status: status)
        #expect(harness.count(of: "CreateTransport") == 0)
        #expect(harness.wait(for: .activeRegion) == 60_000)
    }

    @Test("no URL → contacts are suppressed and the check is retried; other failures only wait")
    func noURL() throws {
        let harness = try SessionHarness.running()
        try harness.answer("CreateTransport", Fixture.transport())
        ask(harness)
        try harness.endForGood("CreateTransport", .response(status: 400, reason: "", body: []))
        try harness.answer("GetAgentSnapshot", snapshot(contacts))
        #expect(harness.agents.last?.snapshot.contacts.count == 2)
        harness.advance(60_000)
        try harness.answer("CreateTransport", #"{"agentDiscoveryTransport":{"presignedUrl":"\#(url)"}}"#)
        try harness.fail("active region")
        #expect(harness.wait(for: .activeRegion) == 60_000)
    }

    @Test("init_dr_polling without instances, or without a session → ignored")
    func ignored() throws {
        let harness = try SessionHarness.running()
        #expect(harness.handle(.initDRPolling([:])) == [])
        let early = SessionHarness()
        early.handle(.start)
        #expect(early.handle(.initDRPolling(["instanceArn": "a", "otherArn": "b"])) == [])
    }
}
