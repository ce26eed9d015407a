// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("What the status says of the sign-in")
struct SignInStateTests {
    private let signedIn = #"{"accessToken":"t1","expiration":"2025-01-01T20:00:00.000Z"}"#
    private let ticket = RequestTicket.request(PortID(number: 1), requestId: nil)

    private func authorizing() -> SessionHarness {
        let harness = SessionHarness(source: .authorize(Fixture.instance))
        harness.handle(.start)
        return harness
    }

    /// The code of the error that a call and a sync get.
    private func codes(_ harness: SessionHarness) -> [ProtocolError.Code?] {
        harness.forget()
        harness.handle(.call(ticket, method: "getAgentStates", params: [:]))
        harness.handle(.sync(.request(1)))
        return harness.recorded.compactMap { action -> ProtocolError.Code?? in
            switch action {
            case .answer(_, .failure(.noSession(let absence))): .some(absence.code)
            case .synced(_, let error): .some(error?.code)
            default: nil
            }
        }
    }

    @Test("configure with a token that has ended → expired, signed out, even before a call")
    func expired() throws {
        let harness = SessionHarness()
        harness.handle(.start)
        harness.handle(.configure(Fixture.configure(expires: "2020-01-01T00:00:00.000Z")))
        #expect(harness.status.auth.state == .expired)
        #expect(harness.status.state == .signedOut)
        #expect(harness.status.auth.lastError == "the token has expired")
    }

    @Test("a token that ends while the session runs → expired, and the session stays")
    func ends() throws {
        let harness = SessionHarness()
        harness.handle(.start)
        harness.handle(.configure(Fixture.configure(expires: .int(Int(SessionHarness.epoch + 1000)))))
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.status.auth.state == .signedIn)
        harness.advance(1000)
        #expect(harness.status.auth.state == .expired)
        #expect(harness.status.state == .running)
    }

    @Test("configure with a token that the service refuses → refused at the first 401; a good answer ends it")
    func refused() throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentSnapshot", status: 401)
        #expect(harness.status.auth.state == .refused)
        #expect(harness.status.state == .signedOut)
        #expect(harness.status.auth.lastError == "Amazon Connect refuses the token")
        #expect(!harness.events.contains(EventName.authFail))
        harness.advance(5_000)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.status.auth.state == .signedIn)
    }

    @Test("no answer from the authorize endpoint → unreachable from the first attempt, for calls and syncs too")
    func unreachable() throws {
        let harness = authorizing()
        try harness.fail("authorize")
        let reason = "the authorize endpoint cannot be reached: connection refused"
        #expect(harness.status.absence == .unreachable(reason))
        #expect(harness.status.auth.state == .failing)
        #expect(harness.recorded.contains(.log(.warning, "could not authorize", ["why": reason])))
        #expect(codes(harness) == [.unavailable, .unavailable])
        #expect(harness.status.endpoint == Fixture.endpoint)
    }

    @Test("before the first answer of the authorize endpoint → not_ready for calls and syncs")
    func starting() {
        #expect(codes(authorizing()) == [.notReady, .notReady])
    }

    @Test("no cookies → signed out with the reason, and tried again")
    func noCookies() throws {
        let harness = authorizing()
        var response = HTTPResponse(status: 401, reason: "", body: [])
        response.cookieProblem = "the cookie file /c does not exist"
        try harness.end("authorize", .response(response))
        let reason = "the authorize endpoint answered 401: the cookie file /c does not exist"
        #expect(harness.status.absence == .signedOut(.authorize, reason))
        #expect(codes(harness) == [.notAuthenticated, .notAuthenticated])
        harness.advance(2_000)
        #expect(harness.sends(of: "authorize") == 1)
    }

    @Test(
        "a 401 of a client's call authorizes at once, of a polled operation too",
        arguments: [
            "getAgentStates", "acceptContact",
        ])
    func renewal(method: String) throws {
        let harness = authorizing()
        try harness.answer("authorize", signedIn)
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.forget()
        harness.handle(.call(ticket, method: method, params: ["contactId": "c"]))
        try harness.answer(method.prefix(1).uppercased() + method.dropFirst(), status: 401)
        #expect(harness.sends(of: "authorize") == 1)
    }

    @Test(
        "401s of calls that were made with the token before → the new token counts as good, and is not replaced again")
    func late() throws {
        let harness = authorizing()
        try harness.answer("authorize", signedIn)
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        for number in 1...3 as ClosedRange<UInt64> {
            harness.handle(.call(.call(number), method: "acceptContact", params: ["contactId": "c"]))
        }
        harness.forget()
        try harness.answer("AcceptContact", status: 401)
        try harness.answer("authorize", #"{"accessToken":"t2","expiration":"2025-01-01T20:00:00.000Z"}"#)
        for _ in 2...3 { try harness.answer("AcceptContact", status: 401) }
        #expect(harness.status.auth.state == .signedIn)
        #expect(harness.sends(of: "authorize") == 1)
    }
}
