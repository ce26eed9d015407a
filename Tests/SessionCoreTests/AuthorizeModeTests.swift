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

    @Test("refused at start → auth_fail once, five retries with growing waits; new cookies, and authorize_success")
    func refusedAtStart() throws {
        let harness = started()
        #expect(
            try harness.answer("authorize", status: 401) == [
                .publish("auth_fail", RawJSON?.none),
                .log(
                    .error, "signed out", ["why": "the authorize endpoint answered 401: the sign-in is no longer valid"]
                ),
                .schedule(.authorize, after: 2_000),
            ])
        #expect(harness.status.state == .signedOut)
        for wait in [4_000, 8_000, 16_000, 16_000] as [Int64] {
            try harness.advance(to: .authorize)
            #expect(harness.status.auth.state == .refused)
            #expect(try harness.answer("authorize", status: 401) == [.schedule(.authorize, after: wait)])
        }
        try harness.advance(to: .authorize)
        try harness.answer("authorize", status: 401)
        #expect(harness.status.auth.state == .required)
        #expect(harness.events == ["auth_fail", "authorize_retries_exhausted"])
        harness.forget()
        harness.advance(3_600_000)
        #expect(harness.sends(of: "authorize") == 0)
        #expect(harness.recorded.contains(.lookForCredentials))
        harness.handle(.credentialsChanged)
        let actions = try harness.answer("authorize", signedIn)
        #expect(actions.last == .publish("authorize_success", RawJSON?.none))
        #expect(harness.count(of: "GetAgentSnapshot") == 1)
        #expect(harness.status.state == .starting)
        #expect(harness.status.auth.lastError == nil)
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
        #expect(harness.status.auth.state == .failing)
        #expect(harness.events == [])
    }

    @Test("a 401 on a poll → requests a new token at once and polls with it at once")
    func pollRefused() throws {
        let harness = try polling()
        let unauthorized = #"{"__type":"UnauthorizedException","message":"who"}"#
        let actions = try harness.answer("GetAgentSnapshot", unauthorized, status: 401)
        guard actions.count == 2, case .send(_, let call) = actions[1] else {
            Issue.record("\(actions)")
            return
        }
        #expect(call.purpose == "authorize")
        #expect(harness.status.link.state == .up)
        try harness.answer("authorize", #"{"accessToken":"t2"}"#)
        #expect(try harness.pending("GetAgentSnapshot").headers.last?.value == Secret("t2"))
        #expect(harness.events == [])
    }

    @Test("401 for ever, whatever authorizes → five requests a minute at most, then a person is needed")
    func forEver() throws {
        let harness = try polling()
        var requests: [Int64] = []
        while harness.uptime < 600_000 {
            while harness.count(of: "authorize") + harness.count(of: "GetAgentSnapshot") > 0 {
                if harness.count(of: "authorize") > 0 {
                    requests.append(harness.uptime)
                    try harness.answer("authorize", #"{"accessToken":"t\#(requests.count + 1)"}"#)
                } else {
                    try harness.answer("GetAgentSnapshot", status: 401)
                }
            }
            harness.advance(100)
        }
        #expect(requests.count == 5)
        #expect(harness.status.auth.state == .required)
        #expect(harness.events.filter { $0 == "authorize_retries_exhausted" }.count == 1)
        harness.handle(.credentialsChanged)
        try harness.answer("authorize", #"{"accessToken":"t9"}"#)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.status.auth.state == .signedIn)
        #expect(harness.events.last == "authorize_success")
    }

    @Test("new cookies while the session runs → poll, configuration and websocket start over with the new token")
    func otherPerson() throws {
        let harness = try polling()
        try harness.answer("CreateTransport", Fixture.transport())
        let socket = try #require(harness.sockets.first)
        harness.handle(.webSocket(socket, .opened))
        harness.forget()
        harness.handle(.credentialsChanged)
        #expect(harness.status.auth.state == .authorizing)
        try harness.answer("authorize", #"{"accessToken":"t2"}"#)
        #expect(harness.recorded.contains(.closeWebSocket(socket, code: 1000)))
        harness.advance(1_000)
        for purpose in ["GetAgentSnapshot", "CreateTransport", "GetAgentConfiguration"] {
            #expect(try harness.pending(purpose).headers.last?.value == Secret("t2"))
        }
        #expect(
            try harness.pending("GetAgentSnapshot").body.map { String(decoding: $0, as: UTF8.self) }?
                .contains("nextToken") == false)
    }

    @Test("signed out while running → the last agent is kept and authorizing is retried")
    func signedOutLater() throws {
        let harness = try polling()
        try harness.answer("GetAgentSnapshot", status: 401)
        try harness.answer("authorize", status: 302)
        #expect(harness.events == ["auth_fail"])
        #expect(harness.status.state == .signedOut)
        #expect(harness.wait(for: .authorize) == 4_000)
        harness.advance(4_000)
        try harness.answer("authorize", signedIn)
        #expect(harness.events == ["auth_fail", "authorize_success"])
        #expect(harness.status.state == .running)
    }
}
