// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Retries of calls")
struct CallRetryTests {
    private func response(_ status: Int, _ body: String = "{}") -> HTTPOutcome {
        .response(status: status, reason: "Reason", body: Array(body.utf8))
    }

    private static let throttling = [
        "ProvisionedThroughputExceededException", "Throttling", "ThrottlingException", "RequestLimitExceeded",
        "RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "TransactionInProgressException",
        "EC2ThrottledException", "LimitExceededException",
    ]

    private static let transient: [HTTPOutcome] =
        [500, 502, 503, 599, 429].map { .response(status: $0, reason: "Reason", body: []) } + [.failure("reset")]
        + throttling.map { .response(status: 400, reason: "Reason", body: Array(#"{"__type":"a#\#($0)"}"#.utf8)) }

    @Test("5xx, 429, throttling or a network failure → four attempts with back-off", arguments: transient)
    func fourAttempts(outcome: HTTPOutcome) throws {
        let harness = try SessionHarness.configured()
        let call = try harness.pending("GetAgentSnapshot")
        var id = Fixture.id(0)
        for ceiling in [100, 200, 400] as [Int64] {
            let actions = try harness.end("GetAgentSnapshot", outcome)
            guard case .schedule(.callRetry(let retried), let wait)? = actions.first, actions.count == 1 else {
                Issue.record("no retry: \(actions)")
                return
            }
            id = retried
            #expect((0...ceiling).contains(wait))
            #expect(try harness.advance(to: .callRetry(id)) == [.send(id, call)])
        }
        let actions = try harness.end("GetAgentSnapshot", outcome)
        #expect(harness.sends(of: "GetAgentSnapshot") == 4)
        #expect(actions.last == .schedule(.snapshot, after: 5_000))
        #expect(harness.uptime <= 700)
        #expect(harness.handle(.timer(.callRetry(id))) == [])
    }

    @Test("any other status → one attempt", arguments: [300, 400, 401, 403, 404, 409, 418])
    func once(status: Int) throws {
        let harness = try SessionHarness.configured()
        try harness.end("GetAgentSnapshot", response(status))
        #expect(harness.sends(of: "GetAgentSnapshot") == 1)
        #expect(harness.wait(for: .snapshot) == 5_000)
    }

    @Test("a response that is not JSON → one attempt", arguments: ["oops", "{", "{} {}"])
    func garbled(body: String) throws {
        let harness = try SessionHarness.configured()
        try harness.end("GetAgentSnapshot", response(200, body))
        #expect(harness.sends(of: "GetAgentSnapshot") == 1)
    }

    @Test("a retry succeeds → success; its metric has the time of all attempts")
    func laterSuccess() throws {
        let harness = try SessionHarness.configured()
        harness.advance(50)
        try harness.fail("GetAgentSnapshot")
        let wait = try #require(harness.wait(for: .callRetry(Fixture.id(2))))
        harness.advance(wait)
        harness.advance(7)
        let actions = try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(actions.first == (try Fixture.metric("getAgentSnapshot", time: 57 + wait)))
        #expect(actions.last == .schedule(.snapshot, after: 100))
        #expect(harness.status.callsInFlight == 2)
    }

    @Test("a network failure after all retries → logged, and the link is logged as down")
    func log() throws {
        let harness = try SessionHarness.configured()
        let actions = try harness.endForGood("GetAgentSnapshot", .failure("no route to host"))
        let error = #"{"type":"NetworkingError","message":"Network Failure","stack":[],"retryStatus":"none"}"#
        #expect(
            actions == [
                .log(.debug, "no answer from the service", ["call": "GetAgentSnapshot", "why": "no route to host"]),
                try Fixture.metric("getAgentSnapshot", time: harness.uptime, error: error),
                .log(
                    .warning, "the link to the service is down",
                    ["why": "getAgentSnapshot: NetworkingError: Network Failure"]), .schedule(.snapshot, after: 5_000),
            ])
    }

    @Test("the outcome of an unknown call is ignored")
    func unknownCall() throws {
        let harness = try SessionHarness.configured()
        #expect(harness.handle(.http(Fixture.id(99), .failure("x"))) == [])
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.handle(.http(Fixture.id(2), response(500))) == [])
    }

    @Test("the same seed gives the same waits, another seed other waits")
    func seeds() throws {
        func waits(_ seed: UInt64) throws -> [Int64?] {
            let harness = SessionHarness(seed: seed)
            harness.handle(.configure(Fixture.configure()))
            return try (1...20).map { _ in
                try harness.endForGood("GetAgentSnapshot", .failure("x"))
                harness.advance(5_000)
                return harness.uptime
            }
        }
        #expect(try waits(1) == waits(1))
        #expect(try waits(1) != waits(2))
    }
}
