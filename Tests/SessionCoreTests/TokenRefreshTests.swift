// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Token renewal")
struct TokenRefreshTests {
    private let authorize = HTTPCall(
        purpose: "authorize", method: .get, url: Fixture.authorizeEndpoint, headers: [("Accept", "application/json")],
        usesCookies: true, timeout: 15_000)

    /// A session at its first check of a token that expires ten minutes after the start.
    private func due(expires: JSON = "2025-01-01T12:10:00.000Z") throws -> SessionHarness {
        let harness = try SessionHarness.configured(expires: expires)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.advance(299_999)
        #expect(harness.count(of: "authorize") == 0)
        harness.advance(1)
        harness.forget()
        return harness
    }

    @Test(
        "a token that expires within thirty minutes is renewed",
        arguments: ["2025-01-01T12:10:00.000Z", 1_735_733_400_000] as [JSON])
    func near(expires: JSON) throws {
        let harness = try due(expires: expires)
        #expect(try harness.pending("authorize") == authorize)
        let actions = try harness.answer("authorize", #"{"accessToken":"t2","expiration":1735790000000}"#)
        #expect(actions == [.log(.info, "authorized", ["expires": "2025-01-02T03:53:20.000Z"])])
        #expect(harness.status.auth.expiresAt == 1_735_790_000_000)
        #expect(harness.status.auth.state == .signedIn)
        harness.handle(.reloadConfiguration)
        harness.handle(.call(.request(PortID(number: 1), requestId: nil), method: "getAgentStates", params: [:]))
        #expect(try harness.pending("GetAgentStates").headers.last?.value == Secret("t2"))
        #expect(harness.events == [])
    }

    @Test("a token that expires in thirty minutes or later is not renewed")
    func far() throws {
        let harness = try SessionHarness.configured(expires: "2025-01-01T12:40:00.000Z")
        harness.advance(600_000)
        #expect(harness.sends(of: "authorize") == 0)
        harness.advance(300_000)
        #expect(harness.sends(of: "authorize") == 1)
    }

    @Test("a token without a valid expiry is never renewed", arguments: [.null, "soon", true] as [JSON])
    func endless(expires: JSON) throws {
        let harness = try SessionHarness.configured(expires: expires)
        harness.advance(86_400_000)
        #expect(harness.sends(of: "authorize") == 0)
    }

    @Test("5xx, 429 or a network failure → five attempts, 2 s apart", arguments: [500, 503, 429, 0])
    func quickAttempts(status: Int) throws {
        let harness = try due()
        let outcome: HTTPOutcome = status == 0 ? .failure("x") : .response(status: status, reason: "", body: [])
        for attempt in 1...4 {
            let actions = try harness.end("authorize", outcome)
            #expect(actions.last == .schedule(.authorize, after: 2_000))
            #expect(actions.count == (attempt == 1 ? 2 : 1))
            #expect(harness.count(of: "authorize") == 0)
            harness.advance(2_000)
            #expect(harness.sends(of: "authorize") == attempt)
        }
        let why =
            status == 0 ? "the authorize endpoint cannot be reached: x" : "the authorize endpoint answered \(status)"
        let actions = try harness.end("authorize", outcome)
        #expect(actions.first == .log(.warning, "could not authorize", ["why": why, "round": "1"]))
        guard case .schedule(.authorize, let wait)? = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect((5_000...15_000).contains(wait))
        #expect(actions.count == 2)
        #expect(harness.status.auth.state == .failing)
        #expect(harness.status.auth.lastError == why)
        #expect(harness.events == [])
    }

    @Test("up to four more rounds with doubling back-off, then nothing until the next check")
    func rounds() throws {
        let harness = try due()
        for base in [10_000, 20_000, 40_000, 80_000] as [Int64] {
            try harness.answer("authorize", status: 404)
            let wait = try #require(harness.wait(for: .authorize))
            #expect((base / 2...base * 3 / 2).contains(wait))
            try harness.advance(to: .authorize)
        }
        try harness.answer("authorize", status: 404)
        #expect(harness.wait(for: .authorize) == nil)
        #expect(harness.sends(of: "authorize") == 4)
        #expect(harness.events == [])
        harness.advance(300_000)
        #expect(harness.count(of: "authorize") == 1)
    }

    @Test("a check during an attempt does not start another one")
    func once() throws {
        let harness = try due()
        harness.advance(900_000)
        #expect(harness.count(of: "authorize") == 1)
        #expect(harness.sends(of: "authorize") == 0)
    }

    @Test(
        "a response without a token → a failure",
        arguments: ["{}", "html", #"{"accessToken":""}"#, #"{"accessToken":7}"#])
    func noToken(body: String) throws {
        let harness = try due()
        let actions = try harness.answer("authorize", body)
        let why = "the authorize endpoint answered without an accessToken: is this the right URL?"
        #expect(actions.first == .log(.warning, "could not authorize", ["why": why, "round": "1"]))
        #expect(harness.status.auth.state == .failing)
    }

    @Test("a web page instead of an answer → a failure that says so", arguments: ["<html>", " \r\n<!DOCTYPE html>"])
    func webPage(body: String) throws {
        let harness = try due()
        let actions = try harness.answer("authorize", body)
        let why = "something between here and Amazon Connect answered with a web page"
        #expect(actions.first == .log(.warning, "could not authorize", ["why": why, "round": "1"]))
        #expect(harness.status.auth.state == .failing)
    }

    @Test("any other status than 401 → an ordinary failure, retried without an event", arguments: [400, 403, 302, 307])
    func otherwise(status: Int) throws {
        let harness = try due()
        try harness.answer("authorize", status: status)
        #expect(harness.events.isEmpty)
        #expect(harness.status.auth.state == .failing)
        #expect(harness.wait(for: .authorize) != nil)
    }

    @Test("a 401 → auth_fail once; the refresh token is tried, then the endpoint again")
    func refused() throws {
        let harness = try due()
        let why = "the authorize endpoint answered 401: the sign-in is no longer valid"
        #expect(
            try harness.answer("authorize", status: 401) == [
                .publish("auth_fail", RawJSON?.none), .log(.error, "signed out", ["why": why]),
                .schedule(.newToken, after: 2_000),
            ])
        #expect(harness.status.state == .signedOut)
        #expect(harness.status.auth.state == .refused)
        #expect(harness.status.auth.lastError == why)
        try harness.advance(to: .newToken)
        harness.forget()
        try harness.answer("GetNewAuthToken", "{}", status: 401)
        #expect(harness.events.isEmpty)
        harness.advance(300_000)
        #expect(try harness.answer("authorize", status: 401) == [.schedule(.newToken, after: 2_000)])
        harness.advance(1_000)
        harness.handle(.timer(.tokenCheck))
        let actions = try harness.answer("authorize", #"{"accessToken":"t2"}"#)
        #expect(
            actions == [.log(.info, "authorized", ["expires": "-"]), .publish("authorize_success", RawJSON?.none)])
        #expect(harness.status.auth.state == .signedIn)
    }

    @Test("a 401, then a successful refresh token → authorize_success")
    func refreshedAfterRefusal() throws {
        let harness = try due()
        try harness.answer("authorize", status: 401)
        try harness.advance(to: .newToken)
        harness.forget()
        try harness.answer("GetNewAuthToken", #"{"newAuthToken":"t2","expirationDateTime":1735800000}"#)
        #expect(harness.events == ["authorize_success"])
        #expect(harness.status.auth.state == .signedIn)
        #expect(harness.status.auth.expiresAt == 1_735_800_000_000)
    }

    /// A session whose token is due for renewal, without an authorize endpoint.
    private func dueWithoutEndpoint(refreshToken: JSON?) -> SessionHarness {
        let harness = SessionHarness()
        var data = Fixture.configure(expires: "2025-01-01T12:10:00.000Z").object ?? JSONObject()
        data["authorizeEndpoint"] = nil
        data["refreshToken"] = refreshToken
        harness.handle(.configure(.object(data)))
        harness.advance(300_000)
        return harness
    }

    @Test("no authorize endpoint → the refresh token is used")
    func refreshToken() throws {
        let harness = dueWithoutEndpoint(refreshToken: "r1")
        let body = #"{"refreshToken":"r1","authentication":{"authToken":"t1"}}"#
        #expect(try harness.pending("GetNewAuthToken") == Fixture.call("GetNewAuthToken", body))
        try harness.answer("GetNewAuthToken", #"{"newAuthToken":"t2","expirationDateTime":1735790000}"#)
        #expect(harness.status.auth.expiresAt == 1_735_790_000_000)
        #expect(harness.status.auth.state == .signedIn)
        #expect(harness.events == [])
        #expect(harness.sends(of: "authorize") == 0)
    }

    @Test("a refused refresh token → auth_fail", arguments: [400, 401])
    func refreshTokenRefused(status: Int) throws {
        let harness = dueWithoutEndpoint(refreshToken: "r1")
        try harness.answer("GetNewAuthToken", #"{"__type":"X"}"#, status: status)
        #expect(harness.events == ["auth_fail"])
        #expect(harness.status.auth.state == .refused)
        #expect(harness.status.auth.lastError == "getNewAuthToken: X")
    }

    @Test("the refresh fails because of the network → not signed out")
    func refreshTokenUnreachable() throws {
        let harness = dueWithoutEndpoint(refreshToken: "r1")
        try harness.endForGood("GetNewAuthToken", .failure("x"))
        #expect(harness.events == [])
        #expect(harness.status.auth.state != .refused)
    }

    @Test("neither an endpoint nor a refresh token → auth_fail once")
    func noWay() {
        let harness = dueWithoutEndpoint(refreshToken: nil)
        #expect(harness.events == ["auth_fail"])
        harness.advance(300_000)
        #expect(harness.events == ["auth_fail"])
        #expect(harness.wait(for: .tokenCheck) == 300_000)
    }

    @Test("a new token → a poller that waits after a failure polls at once")
    func wakes() throws {
        let harness = try due()
        try harness.answer("GetAgentSnapshot", status: 404)
        let actions = try harness.answer("authorize", #"{"accessToken":"t2"}"#)
        let body = #"{"nextToken":"n1","timeout":30000,"authentication":{"authToken":"t2"}}"#
        let call = Fixture.call("GetAgentSnapshot", body, token: "t2", timeout: 45_000)
        #expect(actions.first == .unschedule(.snapshot))
        #expect(try harness.pending("GetAgentSnapshot") == call)
        #expect(harness.wait(for: .snapshot) == nil)
    }
}
