import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

/// Who has seen a call's answer must not be shown a snapshot from before it.
@Suite("A sync as a barrier")
struct SyncBarrierTests {
    /// What happens, and which syncs each answer of the service ends.
    ///
    /// `1` to `9` a sync is asked for; `c` a client's call begins, `e` it succeeds, `f` it fails; `r` the sync's request
    /// fails and is sent again, `a` it is answered.
    struct Row: Sendable, CustomTestStringConvertible {
        let steps: String
        let answered: [[UInt64]]

        init(_ steps: String, _ answered: [UInt64]...) {
            self.steps = steps
            self.answered = answered
        }

        var testDescription: String { steps }
    }

    private static let rows = [
        // Nobody called: they share.
        Row("12a", [1, 2]), Row("1a2a", [1], [2]), Row("ce12a", [1, 2]),
        // A call that began and ended, or did not end, after the request was sent.
        Row("1ce2aa", [1], [2]), Row("1cf2aa", [1], [2]), Row("1c2aae", [1], [2]), Row("1c2aea", [1], [2]),
        // A call that began before it was sent, and ended after it, or did not end.
        Row("c1e2aa", [1], [2]), Row("c12aa", [1], [2]), Row("c1f2aa", [1], [2]),
        // All who may not share it share the next one.
        Row("12ce34aa", [1, 2], [3, 4]), Row("1ce2c34eaa", [1], [2, 3, 4]), Row("1c2e3aa", [1], [2, 3]),
        // The next one is shared by the same rule.
        Row("1ce2a3a", [1], [2, 3]), Row("1ce2ace3aa", [1], [2], [3]), Row("1c2a3eaa", [1], [2], [3]),
        Row("1c2ea3a", [1], [2, 3]),
        // A request that is sent again is a new question: who waits may share it.
        Row("1ce2r3a", [1, 2, 3]), Row("1c2r3aa", [1, 2], [3]), Row("1rce2aa", [1], [2]), Row("1r2a", [1, 2]),
    ]

    @Test("who shares which request", arguments: rows)
    func sharing(row: Row) throws {
        let harness = try SessionHarness.running()
        var answered: [[UInt64]] = []
        for step in row.steps {
            switch step {
            case "c": harness.handle(.call(.call(1), method: "acceptContact", params: ["contactId": "c1"]))
            case "e": try harness.answer("AcceptContact")
            case "f": try harness.answer("AcceptContact", status: 404)
            case "r":
                let id = try #require(harness.syncs.first)
                try harness.endSync(.failure("reset"))
                try harness.advance(to: .callRetry(id))
            case "a":
                let actions = try harness.answerSync()
                answered.append(actions.compactMap { if case .synced(let n, nil) = $0 { n } else { nil } })
            default: harness.handle(.sync(try #require(step.wholeNumberValue.flatMap { UInt64(exactly: $0) })))
            }
            #expect(harness.syncs.count <= 1)
        }
        #expect(answered == row.answered)
        #expect(harness.syncs.isEmpty)
        #expect(harness.agents.count == row.answered.count)
    }

    @Test(
        "any client's call counts, whatever service it is for",
        arguments: [
            (.call(9), "putAgentState"), (.request(port: 1, requestId: RawJSON("r")), "getAgentStates"),
            (.call(9), "AgentAppService.VoiceId.optOutSpeaker"), (.call(9), "updateContact"),
        ] as [(RequestTicket, String)])
    func anyCall(ticket: RequestTicket, method: String) throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(1))
        harness.handle(.call(ticket, method: method, params: ["state": ["name": "x", "type": "y"]]))
        #expect(harness.calls.count == 4)
        harness.handle(.sync(2))
        #expect(try harness.answerSync().contains(.synced(1, nil)))
        #expect(harness.sentSyncs == 2)
    }

    @Test("a request between pages counts too")
    func proxy() throws {
        var settings = SessionSettings(source: .configure)
        settings.apiProxyBase = "https://x.example"
        var session = Session(settings: settings, seed: 1)
        let now = Moment(wall: SessionHarness.epoch, uptime: 0)
        _ = session.handle(.configure(Fixture.configure()), at: now)
        #expect(session.handle(.sync(1), at: now).count == 1)
        _ = session.handle(.proxy(["method": "startScreenSharing"]), at: now)
        #expect(session.handle(.sync(2), at: now) == [])
        #expect(session.syncs.waiting == [2])
    }

    @Test("calls of the daemon's own do not keep anybody from sharing")
    func ownCalls() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(1))
        harness.handle(.reloadConfiguration)
        try harness.completeRound()
        try harness.answerPoll()
        harness.handle(.sync(2))
        #expect(try harness.answerSync().suffix(2) == [.synced(1, nil), .synced(2, nil)])
    }

    @Test("a call that was refused without being made does not either")
    func refusedCall() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(1))
        harness.handle(.call(.call(9), method: "acceptContact", params: [:]))
        harness.handle(.call(.call(9), method: "noSuchThing", params: [:]))
        harness.handle(.sync(2))
        #expect(try harness.answerSync().suffix(2) == [.synced(1, nil), .synced(2, nil)])
    }
}
