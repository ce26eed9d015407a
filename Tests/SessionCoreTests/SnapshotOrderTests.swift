// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Order of snapshots")
struct SnapshotOrderTests {
    /// A session whose long poll is pending and whose sync returned a snapshot of `Lunch`, taken two seconds after the epoch.
    private func synced() throws -> SessionHarness {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        try harness.answerSync(Fixture.snapshot("Lunch", at: 2_000))
        #expect(harness.states == ["Lunch"])
        return harness
    }

    @Test(
        "the pending poll's snapshot is published only if it is not older than the sync's",
        arguments: [
            ("1735732801.999", false), ("1735732802.000", true), ("1735732802.001", true), ("1735646402.5", false),
            (#""2025-01-01T12:00:01.999Z""#, false), (#""2025-01-01T13:00:01.000+01:00""#, false),
            (#""2025-01-01T11:00:02.001-01:00""#, true), (#""2025-01-01T12:00:02Z""#, true),
        ] as [(String, Bool)])
    func older(taken: String, isShown: Bool) throws {
        let harness = try synced()
        harness.advance(10)
        harness.forget()
        let asOf = harness.status.snapshotAsOf
        let actions = try harness.answerPoll(Fixture.snapshot("Available", taken: taken, nextToken: "n9"))
        #expect(harness.states == (isShown ? ["Available"] : []))
        #expect(actions.first == (try Fixture.metric("getAgentSnapshot", time: 10)))
        #expect(actions.last == .schedule(.snapshot, after: 100))
        #expect(harness.status.snapshotAsOf == (isShown ? harness.now.wall : asOf))
        harness.advance(100)
        #expect(try harness.pending("GetAgentSnapshot").body?.starts(with: #"{"nextToken":"n9""#.utf8) == true)
    }

    @Test("a snapshot without a timestamp is published")
    func timeless() throws {
        let harness = try synced()
        try harness.answerPoll(#"{"snapshot":{"state":{"name":"Available"}},"nextToken":"n"}"#)
        #expect(harness.states == ["Lunch", "Available"])
    }

    @Test("the next configuration round does not publish the ignored snapshot")
    func configuration() throws {
        let harness = try synced()
        try harness.answerPoll(Fixture.snapshot("Available", at: 1_000))
        harness.handle(.reloadConfiguration)
        try harness.completeRound()
        #expect(harness.states == ["Lunch", "Lunch"])
    }

    @Test("a poll sent after the sync's snapshot is published, even if the service's clock was set back")
    func clockSetBack() throws {
        let harness = try synced()
        try harness.answerPoll(Fixture.snapshot("Available", at: 1_000))
        harness.advance(100)
        try harness.answerPoll(Fixture.snapshot("Break", at: -90_000))
        harness.advance(100)
        try harness.answerPoll(Fixture.snapshot("Busy", at: -89_000))
        #expect(harness.states == ["Lunch", "Break", "Busy"])
    }

    @Test("a sync's snapshot that is older than the poll's → ignored, and the sync still succeeds")
    func overtaken() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        try harness.answerPoll(Fixture.snapshot("Busy", at: 3_000))
        let actions = try harness.answerSync(Fixture.snapshot("Lunch", at: 2_000))
        #expect(actions == [try Fixture.metric("getAgentSnapshot"), .synced(.request(1), nil)])
        #expect(harness.states == ["Busy"])
        harness.advance(100)
        try harness.answerPoll(Fixture.snapshot("Break", at: 2_500))
        #expect(harness.states == ["Busy", "Break"])
    }

    @Test("a newer snapshot of a sync is published, and so is one requested after the poll's response")
    func notOvertaken() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        try harness.answerPoll(Fixture.snapshot("Busy", at: 3_000))
        try harness.answerSync(Fixture.snapshot("Lunch", at: 3_000))
        harness.handle(.sync(.request(2)))
        try harness.answerSync(Fixture.snapshot("Break", at: -90_000))
        #expect(harness.states == ["Busy", "Lunch", "Break"])
    }

    @Test("a sync retried after the poll's response → its snapshot is published")
    func sentAgain() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        let id = try #require(harness.syncs.first)
        try harness.endSync(.failure("reset"))
        try harness.answerPoll(Fixture.snapshot("Busy", at: 3_000))
        try harness.advance(to: .callRetry(id))
        try harness.answerSync(Fixture.snapshot("Lunch", at: 2_000))
        #expect(harness.states == ["Busy", "Lunch"])
    }

    @Test("a poll retried after the sync's snapshot → its snapshot is published")
    func pollSentAgain() throws {
        let harness = try synced()
        let id = try #require(harness.calls.last { $0.call.purpose == "GetAgentSnapshot" }).id
        try harness.answerPoll(status: 500)
        try harness.advance(to: .callRetry(id))
        try harness.answerPoll(Fixture.snapshot("Busy", at: 1_000))
        #expect(harness.states == ["Lunch", "Busy"])
    }

    @Test("after several syncs, a poll is compared with the newest one")
    func several() throws {
        let harness = try synced()
        harness.handle(.sync(.request(2)))
        try harness.answerSync(Fixture.snapshot("Break", at: 4_000))
        try harness.answerPoll(Fixture.snapshot("Available", at: 3_000))
        #expect(harness.states == ["Lunch", "Break"])
    }

    @Test("without syncs, every poll is published, as in the real worker")
    func withoutSyncs() throws {
        let harness = try SessionHarness.running()
        for (name, time) in [("Available", 3_000), ("Lunch", 2_000), ("Break", 1_000)] as [(String, Int64)] {
            try harness.answerPoll(Fixture.snapshot(name, at: time))
            harness.advance(100)
        }
        #expect(harness.states == ["Available", "Lunch", "Break"])
    }

    @Test("a new session after terminate does not compare with the old session's snapshots")
    func terminated() throws {
        let harness = try synced()
        harness.handle(.terminate)
        harness.forget()
        harness.handle(.configure(Fixture.configure("t2")))
        harness.advance(5_000)
        try harness.completeRound()
        try harness.answerPoll(Fixture.snapshot("Available", at: 1_000))
        #expect(harness.states == ["Available"])
    }
}
