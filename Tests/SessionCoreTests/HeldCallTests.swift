// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("A call that receives a 401")
struct HeldCallTests {
    private let ticket = RequestTicket.request(PortID(number: 1), requestId: nil)
    private let renewed = #"{"accessToken":"t2","expiration":"2025-01-01T20:00:00.000Z"}"#

    private func accept(_ harness: SessionHarness, _ id: String = "c") {
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": .string(id)]))
    }

    private func answers(_ harness: SessionHarness) -> [CallOutcome] {
        harness.recorded.compactMap { if case .answer(_, let outcome) = $0 { outcome } else { nil } }
    }

    @Test("the call is made once more with the new token, and no port is told")
    func once() throws {
        let harness = try SessionHarness.authorized()
        accept(harness)
        let first = try harness.pending("AcceptContact")
        try harness.answer("AcceptContact", status: 401)
        #expect(harness.recorded.count == 3 && harness.count(of: "authorize") == 1)
        #expect(harness.status.auth.state == .degraded)
        #expect(answers(harness).isEmpty)
        try harness.answer("authorize", renewed)
        let second = try harness.pending("AcceptContact")
        #expect(second.headers.last?.value == Secret("t2"))
        #expect(second.body == first.replacing(Secret("t1"), by: Secret("t2")).body && second.url == first.url)
        try harness.answer("AcceptContact")
        #expect(answers(harness) == [.success([:])])
        #expect(harness.events == [])
        #expect(harness.auths.suffix(2).map(\.state) == [.degraded, .signedIn])
    }

    @Test("a second 401 is told, and the next token is requested")
    func twice() throws {
        let harness = try SessionHarness.authorized()
        accept(harness)
        try harness.answer("AcceptContact", status: 401)
        try harness.answer("authorize", renewed)
        try harness.answer("AcceptContact", status: 401)
        #expect(harness.events == ["auth_fail"])
        #expect(harness.published.last { $0.event == "auth_fail" }?.data == ["authorize": true])
        #expect(answers(harness).count == 1)
        #expect(harness.wait(for: .authorize) == 2_000)
        try harness.advance(to: .authorize)
        try harness.answer("authorize", #"{"accessToken":"t3"}"#)
        #expect(harness.events == ["auth_fail", "authorize_success"])
    }

    @Test("the cookies are refused → the first 401 is told")
    func refused() throws {
        let harness = try SessionHarness.authorized()
        accept(harness)
        try harness.answer("AcceptContact", status: 401)
        try harness.answer("authorize", status: 403)
        #expect(answers(harness).count == 1)
        #expect(harness.count(of: "AcceptContact") == 0)
        #expect(harness.status.auth.state == .refused)
    }

    @Test("no answer of the authorize endpoint → it waits for a round of attempts, and then the 401 is told")
    func unreachable() throws {
        let harness = try SessionHarness.authorized()
        accept(harness)
        try harness.answer("AcceptContact", status: 401)
        for _ in 1...4 {
            try harness.fail("authorize")
            #expect(answers(harness).isEmpty)
            try harness.advance(to: .authorize)
        }
        try harness.fail("authorize")
        #expect(answers(harness).count == 1)
    }

    @Test("several calls share one new token; a late 401 of the old one repeats at once")
    func several() throws {
        let harness = try SessionHarness.authorized()
        for id in ["a", "b", "c"] { accept(harness, id) }
        try harness.answer("AcceptContact", status: 401)
        try harness.answer("AcceptContact", status: 401)
        try harness.answer("authorize", renewed)
        try harness.answer("AcceptContact", status: 401)
        #expect(harness.count(of: "AcceptContact") == 3 && harness.count(of: "authorize") == 0)
        for _ in 1...3 { try harness.answer("AcceptContact") }
        #expect(answers(harness) == [.success([:]), .success([:]), .success([:])])
        #expect(harness.sends(of: "authorize") == 1)
    }

    @Test("a thousand calls are told in order, without deep recursion")
    func many() throws {
        let harness = try SessionHarness.authorized()
        for number in 1...1000 as ClosedRange<UInt64> {
            harness.handle(.call(.call(number), method: "acceptContact", params: ["contactId": "c"], deadline: 30_000))
        }
        while harness.count(of: "AcceptContact") > 0 { try harness.answer("AcceptContact", status: 401) }
        try harness.answer("authorize", status: 403)
        let tickets = harness.recorded.compactMap { action -> UInt64? in
            if case .answer(.call(let number), _) = action { number } else { nil }
        }
        #expect(tickets == Array(1...1000))
    }

    @Test("it is not made again after its client's deadline, and waits no longer than a call may take")
    func deadline() throws {
        for (deadline, end) in [(1_000, 1_000), (60_000, 15_000)] as [(Int64, Int64)] {
            let harness = try SessionHarness.authorized()
            harness.handle(.call(.call(1), method: "acceptContact", params: ["contactId": "c"], deadline: deadline))
            try harness.answer("AcceptContact", status: 401)
            harness.advance(end - 1)
            #expect(answers(harness).isEmpty)
            harness.advance(1)
            #expect(answers(harness).count == 1)
            try harness.answer("authorize", renewed)
            #expect(harness.count(of: "AcceptContact") == 0)
        }
    }

    @Test("the authorize endpoint asks to wait → the 401 is told at once")
    func paused() throws {
        let harness = try SessionHarness.authorized()
        accept(harness)
        try harness.answer("AcceptContact", status: 401)
        try harness.end(
            "authorize", .response(HTTPResponse(status: 429, reason: "", body: [], retryAfter: 7_000)))
        #expect(answers(harness).count == 1)
        harness.advance(6_999)
        #expect(harness.count(of: "authorize") == 0)
        harness.advance(1)
        #expect(harness.count(of: "authorize") == 1)
    }

    @Test("a second 401 of a token that has been replaced is told to its client only")
    func late() throws {
        let harness = try SessionHarness.authorized()
        for id in ["a", "b"] { accept(harness, id) }
        for _ in 1...2 { try harness.answer("AcceptContact", status: 401) }
        try harness.answer("authorize", renewed)
        try harness.answer("AcceptContact", status: 401)
        try harness.advance(to: .authorize)
        try harness.answer("authorize", #"{"accessToken":"t3"}"#)
        try harness.answer("AcceptContact", status: 401)
        #expect(answers(harness).count == 2)
        #expect(harness.events == ["auth_fail", "authorize_success"])
        #expect(harness.status.auth.state == .signedIn)
    }

    @Test("an operation that is always refused does not sign a working session out")
    func oneOperation() throws {
        let harness = try SessionHarness.authorized()
        for number in 1...30 {
            accept(harness)
            while harness.count(of: "AcceptContact") + harness.count(of: "authorize") > 0 {
                if harness.count(of: "authorize") > 0 {
                    try harness.answer("authorize", #"{"accessToken":"t\#(number + 1)x\#(harness.uptime)"}"#)
                    harness.handle(.call(.call(1), method: "getAgentStates", params: [:], deadline: 1_000))
                    try harness.answer("GetAgentStates")
                } else {
                    try harness.answer("AcceptContact", status: 401)
                }
            }
            harness.advance(1_000)
        }
        #expect(harness.status.auth.state != .required)
        #expect(!harness.events.contains("authorize_retries_exhausted"))
        #expect(harness.sends(of: "authorize") <= 5)
    }

    @Test("another service's 401 is told at once, and says nothing about the token")
    func otherService() throws {
        let harness = try SessionHarness.authorized()
        harness.handle(.call(ticket, method: "AgentAppService.Lcms.getContact", params: [:]))
        try harness.answer("AgentAppService.Lcms.getContact", status: 401)
        #expect(answers(harness).count == 1 && harness.count(of: "authorize") == 0)
    }

    @Test("stop and terminate answer it")
    func ends() throws {
        for event in [SessionEvent.stop, .terminate] {
            let harness = try SessionHarness.authorized()
            accept(harness)
            try harness.answer("AcceptContact", status: 401)
            harness.handle(event)
            #expect(answers(harness).count == 1)
        }
    }

    @Test("the token is replaced in the header and in the body, and nothing else is")
    func tokens() {
        let call = HTTPCall(
            purpose: "x", method: .post, url: "https://x/", headers: [("X-Amz-Bearer", #"a"b"#), ("X", "a")],
            body: Array(#"{"authentication":{"authToken":"a\"b"},"text":"a"}"#.utf8), timeout: 1)
        let new = call.replacing(Secret(#"a"b"#), by: Secret("c"))
        #expect(new.headers.map(\.value) == [Secret("c"), Secret("a")])
        #expect(new.body == Array(#"{"authentication":{"authToken":"c"},"text":"a"}"#.utf8))
    }
}

@Suite("The changes of the sign-in")
struct SignInEventTests {
    @Test("each state is told once, with its beginning; the token's end too")
    func states() throws {
        let harness = SessionHarness(source: .authorize(Fixture.instance))
        harness.handle(.start)
        try harness.fail("authorize")
        harness.advance(2_000)
        try harness.fail("authorize")
        harness.advance(2_000)
        let end = SessionHarness.epoch + 64_000
        try harness.answer("authorize", #"{"accessToken":"t1","expiration":\#(end)}"#)
        harness.advance(59_999)
        #expect(harness.auths.map(\.state) == [.authorizing, .failing, .signedIn])
        #expect(harness.auths.map { $0.since - SessionHarness.epoch } == [0, 0, 4_000])
        #expect(harness.auths.last?.expiresAt == end)
        harness.advance(1)
        #expect(harness.auths.last?.state == .expired)
        #expect(harness.auths.last?.since == end)
    }
}
