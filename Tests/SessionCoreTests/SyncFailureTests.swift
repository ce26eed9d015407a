// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Failed syncs")
struct SyncFailureTests {
    private static func response(_ status: Int, _ body: String = "{}") -> HTTPOutcome {
        .response(status: status, reason: "Reason", body: Array(body.utf8))
    }

    /// The outcome of the request, and the error that its syncs receive.
    struct Row: Sendable {
        let outcome: HTTPOutcome
        let code: ProtocolError.Code
        let isRetryable: Bool
        let attempts: Int
        let message: String

        init(
            _ outcome: HTTPOutcome, _ code: ProtocolError.Code, _ message: String, retryable: Bool = true,
            attempts: Int = 1
        ) {
            self.outcome = outcome
            self.code = code
            self.message = message
            isRetryable = retryable
            self.attempts = attempts
        }
    }

    private static let none = "the service returned no snapshot: getAgentSnapshot: "

    private static let rows = [
        Row(.failure("reset"), .unavailable, none + "NetworkingError: Network Failure", attempts: 4),
        Row(response(500), .unavailable, none + "UnknownError", attempts: 4),
        Row(
            response(503, #"{"__type":"ThrottlingException"}"#), .unavailable, none + "ThrottlingException", attempts: 4
        ),
        Row(response(429), .tooMany, none + "UnknownError", attempts: 4),
        Row(response(400, #"{"__type":"ThrottlingException"}"#), .tooMany, none + "ThrottlingException", attempts: 4),
        Row(response(400, #"{"__type":"X","message":"m"}"#), .unavailable, none + "X: m"),
        Row(response(200, "oops"), .unavailable, none + "SyntaxError: unexpected character at byte 0"),
        Row(response(200, "{}"), .unavailable, none + "UnknownError: the response has no snapshot"),
        Row(
            response(401, #"{"__type":"X","message":"m"}"#), .unauthorized,
            "the service refused the session's token: getAgentSnapshot: X: m"),
        Row(
            response(403, #"{"__type":"X","message":"m"}"#), .notPermitted,
            "the service denied access to snapshots: getAgentSnapshot: X: m", retryable: false),
    ]

    @Test("a failed sync → an error for the sync; the long poll is not affected", arguments: rows)
    func failures(row: Row) throws {
        let harness = try SessionHarness.running()
        let link = harness.status.link
        harness.handle(.sync(.request(1)))
        let actions = try harness.endSyncForGood(row.outcome)
        let error = ProtocolError(row.code, row.message, hint: "partyline status", retryable: row.isRetryable)
        #expect(actions.last == .synced(.request(1), error))
        #expect(harness.sentSyncs == row.attempts)
        #expect(harness.published.map(\.event) == ["api_metric"])
        #expect(harness.agents.isEmpty)
        #expect(harness.status.link == link)
        #expect(harness.wait(for: .snapshot) == nil)
        #expect(harness.count(of: "GetAgentSnapshot") == 1)
    }

    @Test("a failed request → the waiting syncs still get the next request")
    func next() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        harness.handle(.call(.call(9), method: "acceptContact", params: ["contactId": "c"]))
        harness.handle(.sync(.request(2)))
        try harness.answerSync(status: 400)
        #expect(harness.synced == [SessionHarness.Synced(1, .unavailable)])
        try harness.answerSync()
        #expect(harness.synced.last == SessionHarness.Synced(2))
    }

    @Test("no session yet → not_ready without a request")
    func notReady() {
        for (source, absence) in [
            (.configure, .noToken), (.authorize(Fixture.instance), .starting),
        ] as [(SessionSettings.Source, SessionAbsence)] {
            let harness = SessionHarness(source: source)
            let error = absence.error(hint: absence.hint)
            #expect(harness.handle(.sync(.request(1))) == [.synced(.request(1), error)])
        }
    }

    @Test("no configuration yet → not_ready; the snapshot is published once the configuration has arrived")
    func noConfiguration() throws {
        let harness = try SessionHarness.configured()
        harness.handle(.sync(.request(1)))
        let error = ProtocolError(
            .notReady, "there is no agent yet: its configuration has not arrived",
            hint: "partyline status", retryable: true)
        #expect(try harness.answerSync(Fixture.snapshot("Lunch", at: 0)).last == .synced(.request(1), error))
        #expect(harness.agents.isEmpty)
        try harness.completeRound()
        #expect(harness.states == ["Lunch"])
    }

    @Test("signed out from the start → not_authenticated with the reason")
    func signedOut() throws {
        let harness = SessionHarness(source: .authorize(Fixture.instance))
        harness.handle(.start)
        try harness.answer("authorize", status: 401)
        let error = ProtocolError(
            .notAuthenticated,
            "the session is signed out: the authorize endpoint answered 401: the sign-in is no longer valid",
            hint: "partyline status")
        #expect(harness.handle(.sync(.request(1))) == [.synced(.request(1), error)])
    }

    @Test("terminate → all syncs fail and the request is cancelled")
    func terminate() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        harness.handle(.call(.call(9), method: "acceptContact", params: ["contactId": "c"]))
        harness.handle(.sync(.request(2)))
        let id = try #require(harness.syncs.first)
        let actions = harness.handle(.terminate)
        let error = ProtocolError(
            .notReady, "the session was terminated by a client", hint: "partyline status", retryable: true)
        #expect(
            actions.filter { if case .synced = $0 { true } else { false } }
                == [.synced(.request(1), error), .synced(.request(2), error)])
        #expect(actions.contains(.cancel(id)))
        #expect(harness.handle(.http(id, Self.response(200, Fixture.snapshot))) == [])
        #expect(harness.handle(.sync(.request(3))) == [.synced(.request(3), error)])
        #expect(harness.status.syncsInFlight == 0)
    }

    @Test("stop → all syncs fail, including those whose request waits for a retry")
    func stop() throws {
        let harness = try SessionHarness.running()
        harness.handle(.sync(.request(1)))
        harness.handle(.call(.call(9), method: "acceptContact", params: ["contactId": "c"]))
        harness.handle(.sync(.request(2)))
        try harness.endSync(.failure("reset"))
        let actions = harness.handle(.stop)
        let error = ProtocolError(.unavailable, "the daemon is stopping", hint: "partyline status", retryable: true)
        #expect(
            actions.filter { if case .synced = $0 { true } else { false } }
                == [.synced(.request(1), error), .synced(.request(2), error)])
        harness.forget()
        harness.advance(60_000)
        #expect(harness.recorded == [])
    }
}
