// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Syncs and the retry budget")
struct SyncBudgetTests {
    private func refuse(_ harness: SessionHarness, _ status: Int, times: Int) throws {
        for _ in 0..<times {
            try harness.answerPoll("{}", status: status)
            harness.advance(5_000)
        }
    }

    @Test(
        "a sync's 401 or 403 counts with the polls'; the one that spends the budget is published",
        arguments: [
            (401, 20, "cti_authorize_retries_exhausted", .notAuthenticated), (403, 10, "access_denied", .notPermitted),
        ] as [(Int, Int, String, ProtocolError.Code)])
    func counts(status: Int, limit: Int, event: String, code: ProtocolError.Code) throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, status, times: limit - 1)
        harness.handle(.sync(.request(1)))
        try harness.answerSync("{}", status: status)
        #expect(harness.events == [])
        harness.handle(.sync(.request(2)))
        try harness.answerSync("{}", status: status)
        #expect(harness.events == [event])
        #expect(harness.synced.last == SessionHarness.Synced(2, code))
        let metric = try Fixture.metric(
            "getAgentSnapshot", status: status,
            error: Fixture.error("UnknownError", nil, status, retryStatus: "exhausted"),
            retryStatus: "exhausted")
        #expect(harness.recorded.contains(metric))
    }

    @Test("a sync that succeeds resets the count")
    func reset() throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, 401, times: 20)
        harness.handle(.sync(.request(1)))
        try harness.answerSync()
        try refuse(harness, 401, times: 20)
        #expect(harness.events == [])
        try refuse(harness, 401, times: 1)
        #expect(harness.events == ["cti_authorize_retries_exhausted"])
    }

    @Test(
        "polling is suspended → a sync fails without a request until there is a new token",
        arguments: [(401, 21, .notAuthenticated), (403, 11, .notPermitted)] as [(Int, Int, ProtocolError.Code)])
    func suspended(status: Int, times: Int, code: ProtocolError.Code) throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, status, times: times)
        let actions = harness.handle(.sync(.request(1)))
        #expect(actions.count == 1)
        #expect(harness.synced == [SessionHarness.Synced(1, code)])
        harness.handle(.configure(Fixture.configure("t2")))
        harness.handle(.sync(.request(2)))
        #expect(harness.sentSyncs == 1)
    }

    @Test("polling is suspended during a request → the waiting syncs fail without another request")
    func suspendedMeanwhile() throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, 401, times: 20)
        harness.handle(.sync(.request(1)))
        harness.handle(.call(.call(9), method: "acceptContact", params: ["contactId": "c"]))
        harness.handle(.sync(.request(2)))
        harness.handle(.sync(.request(3)))
        try harness.answerPoll("{}", status: 401)
        try harness.answerSync("{}", status: 401)
        #expect(harness.synced == [1, 2, 3].map { SessionHarness.Synced($0, .notAuthenticated) })
        #expect(harness.sentSyncs == 1)
    }

    @Test("with session source authorize, a sync's 401 → a new token is requested at once")
    func authorizes() throws {
        let harness = SessionHarness(source: .authorize(Fixture.instance))
        harness.handle(.start)
        let signedIn = #"{"accessToken":"t1","expiration":"2025-01-01T20:00:00.000Z"}"#
        try harness.answer("authorize", signedIn)
        harness.handle(.sync(.request(1)))
        try harness.answerSync("{}", status: 401)
        #expect(harness.count(of: "authorize") == 1)
        #expect(harness.synced == [])
        try harness.answer("authorize", status: 403)
        #expect(harness.synced == [SessionHarness.Synced(1, .notAuthenticated)])
    }
}
