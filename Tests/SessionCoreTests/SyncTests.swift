// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Syncs")
struct SyncTests {
    @Test("a sync → a request without nextToken and with timeout 0, in addition to the long poll")
    func request() throws {
        let harness = try SessionHarness.running()
        let poll = try harness.pending("GetAgentSnapshot")
        let actions = harness.handle(.sync(.request(7)))
        guard case .send(_, Fixture.sync)? = actions.first, actions.count == 1 else {
            Issue.record("\(actions)")
            return
        }
        #expect(harness.calls.contains { $0.call == poll })
        #expect(harness.status.syncsInFlight == 1)
        #expect(harness.status.callsInFlight == 3)
    }

    @Test("its snapshot is published like a poll's, then the sync completes")
    func answer() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(7)))
        harness.advance(20)
        let actions = try harness.answerSync(Fixture.snapshot("Lunch", at: 250))
        let agent = try #require(harness.agents.first)
        #expect(
            actions == [
                try Fixture.metric("getAgentSnapshot", time: 20), .publishAgent(agent), .synced(.request(7), nil),
            ])
        #expect(agent.snapshot.state?.name == "Lunch")
        #expect(agent.snapshot.json["localTimestamp"] == .int(Int(harness.now.wall)))
        #expect(agent.snapshot.json["skew"] == 130)
        #expect(agent.snapshot.json["contentLength"] == .int(Fixture.snapshot("Lunch", at: 250).utf8.count))
        #expect(agent.snapshot.contacts.isEmpty && agent.snapshot.json["contacts"] == [])
        #expect(harness.status.snapshotAsOf == harness.now.wall)
        #expect(harness.status.syncsInFlight == 0)
    }

    @Test("the long poll keeps its own nextToken")
    func token() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        try harness.answerSync(Fixture.snapshot("Lunch", at: 300, nextToken: "sync's"))
        try harness.answerPoll(Fixture.snapshot("Lunch", at: 400, nextToken: "poll's"))
        #expect(harness.wait(for: .snapshot) == 100)
        harness.handle(.sync(.request(2)))
        try harness.answerSync(Fixture.snapshot("Lunch", at: 450, nextToken: "sync's"))
        #expect(harness.wait(for: .snapshot) == 100)
        harness.advance(100)
        let body = #"{"nextToken":"poll's","timeout":30000,"authentication":{"authToken":"t1"}}"#
        #expect(try harness.pending("GetAgentSnapshot").body == Array(body.utf8))
    }

    @Test("syncs during a request share the next one and complete in order of arrival")
    func shared() throws {
        let harness = try SessionHarness.running()
        for number in [3, 1, 2] as [UInt64] { harness.handle(.sync(.request(number))) }
        #expect(harness.sentSyncs == 1)
        #expect(harness.status.syncsInFlight == 3)
        #expect(try harness.answerSync().contains(.synced(.request(3), nil)))
        #expect(harness.sentSyncs == 2)
        #expect(try harness.answerSync().suffix(2) == [.synced(.request(1), nil), .synced(.request(2), nil)])
        #expect(harness.agents.count == 2)
        #expect(harness.sentSyncs == 2)
    }

    @Test("a thousand syncs → two requests")
    func many() throws {
        let harness = try SessionHarness.running()
        for number in 1...1_000 as ClosedRange<UInt64> { harness.handle(.sync(.request(number))) }
        while !harness.syncs.isEmpty { try harness.answerSync() }
        #expect(harness.sentSyncs == 2)
        #expect(harness.synced == (1...1_000).map { SessionHarness.Synced($0) })
    }

    @Test("suppressed contacts are hidden, as in a poll's snapshot")
    func suppressed() throws {
        let harness = try SessionHarness.running()
        harness.handle(.suppress(["suppress": true]))
        harness.handle(.sync(.request(1)))
        try harness.answerSync(
            #"{"snapshot":{"contacts":[{"contactId":"a","state":{"type":"connecting"}}]},"nextToken":"n"}"#)
        #expect(try #require(harness.agents.last).snapshot.contacts.isEmpty)
    }

    @Test("a sync succeeds while the poll waits for a retry → the link is up, the poll's timer is unchanged")
    func link() throws {
        let harness = try SessionHarness.running()
        try harness.answer("GetAgentSnapshot", status: 400)
        harness.advance(1_000)
        harness.handle(.sync(.request(1)))
        try harness.answerSync()
        #expect(harness.status.link == SessionStatus.Link(state: .up, since: harness.now.wall))
        #expect(harness.wait(for: .snapshot) == 4_000)
    }

    @Test("a network failure → the request is retried")
    func retried() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        let actions = try harness.endSync(.failure("reset"))
        guard case .schedule(.callRetry(let id), _)? = actions.first, actions.count == 1 else {
            Issue.record("\(actions)")
            return
        }
        #expect(try harness.advance(to: .callRetry(id)) == [.send(id, Fixture.sync)])
        try harness.answerSync()
        #expect(harness.synced == [SessionHarness.Synced(1)])
    }

    @Test("a sync before polling has started → succeeds once the configuration has arrived")
    func early() throws {
        let harness = SessionHarness(waitsToPoll: true)
        harness.handle(.configure(Fixture.configure()))
        harness.handle(.sync(.request(1)))
        #expect(harness.sentSyncs == 1)
        harness.advance(1_000)
        try harness.completeRound()
        try harness.answerSync(Fixture.snapshot("Lunch", at: 0))
        #expect(harness.states == ["Lunch"])
        #expect(harness.synced == [SessionHarness.Synced(1)])
    }
}

extension SessionHarness {
    /// Starts a client's call.
    fileprivate func callStates() {
        handle(.call(.request(PortID(number: 1), requestId: nil), method: "getAgentStates", params: [:]))
    }
}
