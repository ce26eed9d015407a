// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Session source authorize")
struct AuthorizeModeTests {
    private let signedIn = #"{"accessToken":"t1","expiration":"2025-01-01T20:00:00.000Z"}"#

    private func started() -> SessionHarness {
        let harness = SessionHarness(source: .authorize(Fixture.instance))
        harness.handle(.start)
        return harness
    }

    private func polling() throws -> SessionHarness {
        let harness = started()
        try harness.answer("authorize", signedIn)
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.advance(100)
        harness.forget()
        return harness
    }

    @Test("start → authorizes with the cookies; the session starts with the token")
    func start() throws {
        let harness = started()
        let call = HTTPCall(
            purpose: "authorize", method: .get, url: Fixture.authorizeEndpoint,
            headers: [("Accept", "application/json")], usesCookies: true, timeout: 15_000)
        #expect(harness.recorded == [.send(Fixture.id(1), call)])
        #expect(harness.status.state == .starting)
        #expect(harness.status.source == .authorize)
        let token = #""authentication":{"authToken":"t1"}}"#
        #expect(
            try harness.answer("authorize", signedIn) == [
                .schedule(.tokenCheck, after: 300_000),
                .send(Fixture.id(2), Fixture.call("CreateTransport", #"{"transportType":"web_socket","# + token)),
                .send(Fixture.id(3), Fixture.call("GetAgentSnapshot", #"{"timeout":30000,"# + token, timeout: 45_000)),
                .schedule(.configuration, after: 30_000),
                .send(Fixture.id(4), Fixture.call("GetAgentConfiguration", "{" + token)),
                .log(.info, "authorized", ["expires": "2025-01-01T20:00:00.000Z"]),
            ])
        #expect(harness.status.endpoint == Fixture.endpoint)
    }

    @Test(
        "a 403 or a redirect to the sign-in page → signed out", arguments: [403, 302])
    func signedOut(status: Int) throws {
        let harness = started()
        try harness.answer("authorize", status: status)
        #expect(harness.events == ["auth_fail"])
        #expect(harness.status.state == .signedOut)
    }

    @Test("refused at start → auth_fail once, retries with growing waits, authorize_success when it works")
    func refusedAtStart() throws {
        let harness = started()
        #expect(
            try harness.answer("authorize", status: 401) == [
                .publish("auth_fail", RawJSON?.none),
                .log(
                    .error, "signed out", ["why": "the authorize endpoint answered 401: the sign-in is no longer valid"]
                ),
                .schedule(.authorize, after: 10_000),
            ])
        #expect(harness.status.state == .signedOut)
        for wait in [20_000, 40_000, 80_000, 80_000] as [Int64] {
            try harness.advance(to: .authorize)
            #expect(try harness.answer("authorize", status: 401) == [.schedule(.authorize, after: wait)])
        }
        try harness.advance(to: .authorize)
        let actions = try harness.answer("authorize", signedIn)
        #expect(actions.last == .publish("authorize_success", RawJSON?.none))
        #expect(harness.count(of: "GetAgentSnapshot") == 1)
        #expect(harness.status.state == .starting)
        #expect(harness.status.authError == nil)
    }

    @Test("unreachable at start → retries without limit")
    func unreachable() throws {
        let harness = started()
        for _ in 0..<10 {
            for _ in 0..<5 {
                try harness.fail("authorize")
                try harness.advance(to: .authorize)
            }
        }
        #expect(harness.sends(of: "authorize") == 51)
        #expect(harness.status.auth == .failing)
        #expect(harness.events == [])
    }

    @Test("a 401 on a poll → requests a new token at once and polls with it at once")
    func pollRefused() throws {
        let harness = try polling()
        let unauthorized = #"{"__type":"UnauthorizedException","message":"who"}"#
        let actions = try harness.answer("GetAgentSnapshot", unauthorized, status: 401)
        guard actions.count == 4, case .send(_, let call) = actions[2] else {
            Issue.record("\(actions)")
            return
        }
        #expect(call.purpose == "authorize")
        #expect(actions[3] == .schedule(.snapshot, after: 5_000))
        #expect(harness.events == [])
        let renewed = try harness.answer("authorize", #"{"accessToken":"t2"}"#)
        #expect(renewed.first == .unschedule(.snapshot))
        #expect(try harness.pending("GetAgentSnapshot").headers.last?.value == Secret("t2"))
        #expect(harness.events == [])
    }

    @Test("new tokens are refused too → growing waits; a success resets them")
    func laterAndLater() throws {
        let harness = try polling()
        try harness.answer("GetAgentSnapshot", status: 401)
        for base in [10_000, 20_000, 40_000, 80_000, 80_000] as [Int64] {
            try harness.answer("authorize", #"{"accessToken":"t2"}"#)
            try harness.answer("GetAgentSnapshot", status: 401)
            #expect(harness.count(of: "authorize") == 0)
            let wait = try #require(harness.wait(for: .authorize))
            #expect((base / 2...base * 3 / 2).contains(wait))
            while harness.count(of: "authorize") == 0 {
                harness.advance(5_000)
                if harness.count(of: "GetAgentSnapshot") > 0, harness.count(of: "authorize") == 0 {
                    try harness.answer("GetAgentSnapshot", status: 400)
                }
            }
        }
        try harness.answer("authorize", #"{"accessToken":"t3"}"#)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.advance(100)
        try harness.answer("GetAgentSnapshot", status: 401)
        #expect(harness.count(of: "authorize") == 1)
    }

    @Test("a 401 on a request → requests a new token, in addition to auth_fail and the answer")
    func requestRefused() throws {
        let harness = try polling()
        let ticket = RequestTicket.request(PortID(number: 1), requestId: nil)
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c"]))
        let actions = try harness.answer("AcceptContact", status: 401)
        #expect(actions[1] == .publish("auth_fail", RawJSON(["authorize": true])))
        #expect(harness.count(of: "authorize") == 1)
        #expect(actions.count == 4)
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c"]))
        try harness.answer("AcceptContact", status: 401)
        #expect(harness.count(of: "authorize") == 1)
    }

    @Test("signed out while running → the last agent is kept and authorizing is retried")
    func signedOutLater() throws {
        let harness = try polling()
        try harness.answer("GetAgentSnapshot", status: 401)
        try harness.answer("authorize", status: 302)
        #expect(harness.events == ["auth_fail"])
        #expect(harness.status.state == .signedOut)
        #expect(harness.wait(for: .authorize) == 10_000)
        harness.advance(10_000)
        try harness.answer("authorize", signedIn)
        #expect(harness.events == ["auth_fail", "authorize_success"])
        #expect(harness.status.state == .running)
    }
}
