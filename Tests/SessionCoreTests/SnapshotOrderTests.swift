import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Snapshots do not lead back in time")
struct SnapshotOrderTests {
    /// A session whose long poll was out when a sync brought a snapshot of `Lunch`, taken two seconds after the epoch.
    private func synced() throws -> SessionHarness {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        try harness.answerSync(Fixture.snapshot("Lunch", at: 2_000))
        #expect(harness.states == ["Lunch"])
        return harness
    }

    @Test(
        "what the poll under way brings is shown only if it is not older",
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

    @Test("a snapshot that does not say when it was taken is shown")
    func timeless() throws {
        let harness = try synced()
        try harness.answerPoll(#"{"snapshot":{"state":{"name":"Available"}},"nextToken":"n"}"#)
        #expect(harness.states == ["Lunch", "Available"])
    }

    @Test("nor does the next round of the configuration bring the older one back")
    func configuration() throws {
        let harness = try synced()
        try harness.answerPoll(Fixture.snapshot("Available", at: 1_000))
        harness.handle(.reloadConfiguration)
        try harness.completeRound()
        #expect(harness.states == ["Lunch", "Lunch"])
    }

    @Test("a poll that is asked after the sync's snapshot is believed, even if the service's clock was set back")
    func clockSetBack() throws {
        let harness = try synced()
        try harness.answerPoll(Fixture.snapshot("Available", at: 1_000))
        harness.advance(100)
        try harness.answerPoll(Fixture.snapshot("Break", at: -90_000))
        harness.advance(100)
        try harness.answerPoll(Fixture.snapshot("Busy", at: -89_000))
        #expect(harness.states == ["Lunch", "Break", "Busy"])
    }

    @Test("a sync's snapshot that is older than what the poll brought meanwhile is not shown, and yet it is answered")
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

    @Test("one that is newer is, and one that was asked after the poll's answer is, whatever their clocks say")
    func notOvertaken() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        try harness.answerPoll(Fixture.snapshot("Busy", at: 3_000))
        try harness.answerSync(Fixture.snapshot("Lunch", at: 3_000))
        harness.handle(.sync(.request(2)))
        try harness.answerSync(Fixture.snapshot("Break", at: -90_000))
        #expect(harness.states == ["Busy", "Lunch", "Break"])
    }

    @Test("a sync that is sent again after the poll's answer is newer than that")
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

    @Test("so is a poll that is sent again after the sync's snapshot")
    func pollSentAgain() throws {
        let harness = try synced()
        let id = try #require(harness.calls.last { $0.call.purpose == "GetAgentSnapshot" }).id
        try harness.answerPoll(status: 500)
        try harness.advance(to: .callRetry(id))
        try harness.answerPoll(Fixture.snapshot("Busy", at: 1_000))
        #expect(harness.states == ["Lunch", "Busy"])
    }

    @Test("the newest of several syncs counts")
    func several() throws {
        let harness = try synced()
        harness.handle(.sync(.request(2)))
        try harness.answerSync(Fixture.snapshot("Break", at: 4_000))
        try harness.answerPoll(Fixture.snapshot("Available", at: 3_000))
        #expect(harness.states == ["Lunch", "Break"])
    }

    @Test("without syncs every poll is shown, as the real worker shows it")
    func withoutSyncs() throws {
        let harness = try SessionHarness.running()
        for (name, time) in [("Available", 3_000), ("Lunch", 2_000), ("Break", 1_000)] as [(String, Int64)] {
            try harness.answerPoll(Fixture.snapshot(name, at: time))
            harness.advance(100)
        }
        #expect(harness.states == ["Available", "Lunch", "Break"])
    }

    @Test("a new session after terminate knows nothing of the old one's time")
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
