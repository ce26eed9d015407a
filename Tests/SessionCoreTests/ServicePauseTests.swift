// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Retry-After")
struct ServicePauseTests {
    private static let body = Array(#"{"__type":"ThrottlingException","message":"slow down"}"#.utf8)

    private static func throttled(_ wait: Int64?, status: Int = 429) -> HTTPOutcome {
        .response(status: status, reason: "", body: body, retryAfter: wait)
    }

    private static func call(_ number: UInt64, _ deadline: Int64?) -> SessionEvent {
        .call(.call(number), method: "acceptContact", params: contact, deadline: deadline)
    }

    private static let contact: JSON = ["contactId": "c"]

    /// The error of an answer; nil if the request has none yet.
    private func error(_ harness: SessionHarness, _ ticket: RequestTicket) -> ServiceError? {
        for case .answer(ticket, .failure(let failure)) in harness.recorded { return failure.error }
        return nil
    }

    @Test("a throttled poll → the next one after the pause, in the status too; calls go on meanwhile")
    func poll() throws {
        let harness = try SessionHarness.running()
        try harness.end("GetAgentSnapshot", Self.throttled(60_000))
        #expect(harness.status.link.nextRetry == SessionHarness.epoch + harness.uptime + 60_000)
        let sent = harness.sends(of: "GetAgentSnapshot")
        harness.advance(59_999)
        #expect(harness.sends(of: "GetAgentSnapshot") == sent)
        harness.handle(Self.call(1, 30_000))
        #expect(harness.count(of: "AcceptContact") == 1)
        harness.advance(1)
        #expect(harness.sends(of: "GetAgentSnapshot") == sent + 1)
    }

    @Test("a pause is at most five minutes long")
    func longest() throws {
        let harness = try SessionHarness.running()
        try harness.end("GetAgentSnapshot", Self.throttled(86_400_000))
        #expect(harness.status.link.nextRetry == SessionHarness.epoch + harness.uptime + 300_000)
    }

    @Test("only a 429 and a 503 with the header pause", arguments: [(500, 9_000), (429, nil), (429, 0)])
    func noPause(status: Int, wait: Int64?) throws {
        let harness = try SessionHarness.running()
        harness.handle(
            .call(.request(PortID(number: 1), requestId: nil), method: "acceptContact", params: Self.contact))
        try harness.endForGood("AcceptContact", Self.throttled(wait, status: status))
        harness.forget()
        harness.handle(Self.call(1, 30_000))
        #expect(harness.sends(of: "AcceptContact") == 1)
    }

    @Test("a throttled call whose deadline is after the pause → sent again after it")
    func waits() throws {
        let harness = try SessionHarness.running()
        harness.handle(Self.call(1, 30_000))
        try harness.end("AcceptContact", Self.throttled(20_000))
        #expect(error(harness, .call(1)) == nil)
        harness.advance(19_999)
        #expect(harness.count(of: "AcceptContact") == 0)
        harness.advance(1)
        try harness.answer("AcceptContact")
        #expect(harness.recorded.contains(.answer(.call(1), .success([:]))))
    }

    @Test("a throttled call whose deadline is before the end of the pause → fails at once, with the wait")
    func tooLate() throws {
        let harness = try SessionHarness.running()
        harness.handle(Self.call(1, 20_000))
        try harness.end("AcceptContact", Self.throttled(20_000))
        let first = try #require(error(harness, .call(1)))
        #expect(first.type == "ThrottlingException" && first.retryAfterMs == 20_000)
        harness.advance(5_000)
        harness.handle(Self.call(2, 10_000))
        let second = try #require(error(harness, .call(2)))
        #expect(second.isThrottled && second.retryAfterMs == 15_000)
        #expect(harness.sends(of: "AcceptContact") == 1)
    }

    @Test("an api_request during a pause → the service's kind of error at once, nothing is sent")
    func request() throws {
        let harness = try SessionHarness.running()
        let ticket = RequestTicket.request(PortID(number: 1), requestId: nil)
        harness.handle(.call(ticket, method: "acceptContact", params: Self.contact))
        try harness.end("AcceptContact", Self.throttled(20_000))
        #expect(error(harness, ticket)?.type == "ThrottlingException")
        harness.forget()
        harness.handle(.call(ticket, method: "acceptContact", params: Self.contact))
        #expect(error(harness, ticket)?.status == 429)
        #expect(harness.sends(of: "AcceptContact") == 0)
    }

    @Test("a sync during a pause of the poll → too_many with the wait")
    func sync() throws {
        let harness = try SessionHarness.running()
        try harness.end("GetAgentSnapshot", Self.throttled(60_000))
        harness.handle(.sync(.request(1)))
        var error: ProtocolError?
        for case .synced(.request(1), let found) in harness.recorded { error = found }
        #expect(error?.code == .tooMany && error?.retryAfterMs == 60_000)
    }

    @Test("a throttled authorize endpoint → asked again after the pause")
    func authorize() throws {
        let harness = SessionHarness(source: .authorize(Fixture.instance))
        harness.handle(.start)
        try harness.end("authorize", Self.throttled(60_000, status: 503))
        harness.advance(59_999)
        #expect(harness.sends(of: "authorize") == 1)
        harness.advance(1)
        #expect(harness.sends(of: "authorize") == 2)
    }

    @Test("a 503 with the header → the call fails, with the wait")
    func unavailable() throws {
        let harness = try SessionHarness.running()
        harness.handle(Self.call(1, 30_000))
        try harness.end("AcceptContact", Self.throttled(20_000, status: 503))
        #expect(error(harness, .call(1))?.retryAfterMs == 20_000)
    }
}
