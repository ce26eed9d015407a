// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("The prompt for a sign-in")
struct PromptTests {
    private static let token = #"{"accessToken":"t1","expiration":"2025-01-01T20:00:00.000Z"}"#

    private func ticket(_ port: UInt64) -> ReplyTicket {
        ReplyTicket(port: PortID(number: port), requestId: RawJSON(1))
    }

    private func refused() throws -> SessionHarness {
        let harness = SessionHarness(source: .login(Fixture.instance))
        harness.handle(.start)
        try refuse(harness)
        return harness
    }

    /// Refuses the cookies until nothing more is requested.
    private func refuse(_ harness: SessionHarness) throws {
        while harness.count(of: "authorize") > 0 {
            try harness.answer("authorize", status: 403)
            if harness.wait(for: .authorize) != nil { try harness.advance(to: .authorize) }
        }
    }

    private func prompts(_ harness: SessionHarness) -> [String] {
        var ids: [String] = []
        for auth in harness.auths { if let id = auth.prompt?.id, ids.last != id { ids.append(id) } }
        return ids
    }

    @Test("refused for ever → one prompt in an hour, with reason and URL, and no request while it is there")
    func forEver() throws {
        let harness = try refused()
        let prompt = try #require(harness.status.auth.prompt)
        #expect(harness.status.auth.state == .prompting)
        #expect(prompt.url == "https://x.my.connect.aws/login" && prompt.reason == harness.status.auth.lastError)
        #expect(harness.status.state == .signedOut)
        let sent = harness.sends(of: "authorize")
        #expect(sent == 6)
        harness.advance(600_000)
        #expect(harness.status.auth.state == .required && harness.status.auth.prompt == nil)
        harness.advance(3_000_000)
        #expect(prompts(harness) == [prompt.id] && harness.sends(of: "authorize") == sent)
    }

    @Test("given up → required, and no second prompt for five minutes, whatever is tried meanwhile")
    func givenUp() throws {
        let harness = try refused()
        let id = try #require(harness.status.auth.prompt?.id)
        harness.handle(.beginSignIn(ticket(1), isFirst: false))
        harness.handle(.portClosed(PortID(number: 1)))
        #expect(harness.status.auth.state == .required)
        harness.advance(60_000)
        // Cookies that are no better.
        harness.handle(.credentialsChanged)
        #expect(harness.status.auth.state == .authorizing)
        try refuse(harness)
        #expect(harness.status.auth.state == .required)
        harness.handle(.beginSignIn(ticket(2), isFirst: false))
        let second = try #require(harness.status.auth.prompt?.id)
        #expect(second != id)
        harness.handle(.abandonSignIn(ticket(2), id: id))
        #expect(harness.status.auth.state == .prompting, "the id is the former prompt's")
        harness.handle(.abandonSignIn(ticket(2), id: second))
        harness.advance(299_000)
        #expect(harness.status.auth.state == .required && prompts(harness) == [id, second])
        harness.advance(2_000)
        harness.handle(.credentialsChanged)
        try refuse(harness)
        #expect(harness.status.auth.state == .prompting && prompts(harness).count == 3)
    }

    @Test("two programs begin: one prompt, the first one's; the second takes over when the first has gone")
    func two() throws {
        let harness = try refused()
        var prompt = try #require(harness.status.auth.prompt)
        #expect(!prompt.isShown)
        prompt.isShown = true
        for (port, isYours) in [(1, true), (2, false), (1, true)] as [(UInt64, Bool)] {
            harness.forget()
            harness.handle(.beginSignIn(ticket(port), isFirst: port == 1))
            #expect(
                harness.replies.first?.result
                    == .success([
                        "prompt": prompt.json, "isYours": .bool(isYours), "isFirst": .bool(port == 1),
                        "authorizeUrl": .string(Fixture.authorizeEndpoint),
                    ]))
        }
        // A window that is open has its own time limit.
        harness.advance(3_600_000)
        #expect(harness.status.auth.state == .prompting)
        harness.handle(.portClosed(PortID(number: 2)))
        #expect(harness.status.auth.state == .prompting)
        harness.handle(.portClosed(PortID(number: 1)))
        #expect(harness.status.auth.state == .required)
        harness.forget()
        harness.handle(.beginSignIn(ticket(2), isFirst: false))
        #expect(harness.status.auth.state == .prompting)
        guard case .success(let data)? = harness.replies.first?.result else {
            Issue.record("\(harness.replies)")
            return
        }
        #expect(data["isYours"] == true && data["prompt"]?["id"] != .string(prompt.id))
    }

    @Test("cookies that are refused leave the prompt with the window that shows it")
    func refusedMeanwhile() throws {
        let harness = try refused()
        harness.handle(.beginSignIn(ticket(1), isFirst: true))
        let id = try #require(harness.status.auth.prompt?.id)
        harness.handle(.credentialsChanged)
        #expect(harness.status.auth.state == .authorizing && harness.status.auth.prompt == nil)
        try refuse(harness)
        #expect(harness.status.auth.prompt?.id == id)
        harness.forget()
        harness.handle(.beginSignIn(ticket(2), isFirst: true))
        guard case .success(let data)? = harness.replies.first?.result else {
            Issue.record("\(harness.replies)")
            return
        }
        #expect(data["isYours"] == false)
    }

    @Test("new cookies: authorizing, and signed in")
    func signIn() throws {
        let harness = try refused()
        harness.handle(.beginSignIn(ticket(1), isFirst: true))
        harness.handle(.credentialsChanged)
        #expect(harness.status.auth.state == .authorizing && harness.status.auth.prompt == nil)
        harness.handle(.portClosed(PortID(number: 1)))
        try harness.answer("authorize", Self.token)
        #expect(harness.status.auth.state == .signedIn)
    }

    @Test("refused while there is a sign-in, and with another source")
    func conflicts() throws {
        let signedIn = SessionHarness(source: .login(Fixture.instance))
        signedIn.handle(.start)
        try signedIn.answer("authorize", Self.token)
        let others = [
            SessionHarness(source: .authorize(Fixture.instance)), SessionHarness(source: .configure),
        ]
        for harness in others { harness.handle(.start) }
        for harness in [signedIn] + others {
            harness.forget()
            harness.handle(.beginSignIn(ticket(1), isFirst: true))
            guard case .failure(let error)? = harness.replies.first?.result else {
                Issue.record("\(harness.replies)")
                continue
            }
            #expect(error.code == .conflict && error.hint != nil)
            #expect(harness.status.auth.prompt == nil)
        }
    }
}
