// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Logout")
struct LogoutTests {
    private static let token = #"{"accessToken":"t1","expiration":"2025-01-01T20:00:00.000Z"}"#
    private static let states = #"""
        {"states":[{"type":"routable","name":"Available","agentStateARN":"arn:s"},
        {"type":"offline","name":"Gone","agentStateARN":"arn:o"}]}
        """#

    private func snapshot(_ contacts: String = "", state: String = "routable", next token: String = "n2") -> String {
        #"""
        {"snapshot":{"state":{"type":"\#(state)","name":"A"},"contacts":[\#(contacts)],
        "snapshotTimestamp":1735732801},"nextToken":"\#(token)"}
        """#
    }

    private let call = #"{"contactId":"c1","type":"voice","state":{"type":"connected"}}"#
    private let afterWork = #"{"contactId":"c1","type":"voice","state":{"type":"ended"}}"#

    private func ticket(_ port: UInt64 = 1) -> ReplyTicket {
        ReplyTicket(port: PortID(number: port), requestId: RawJSON(1))
    }

    /// A session that polls.
    private func running(
        _ source: SessionSettings.Source = .login(Fixture.instance), contacts: String = ""
    ) throws -> SessionHarness {
        let harness = SessionHarness(source: source)
        harness.handle(.start)
        if case .configure = source {
            harness.handle(.configure(Fixture.configure()))
        } else {
            try harness.answer("authorize", Self.token)
        }
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        for (name, body) in Fixture.lists { try harness.answer(name, name == "GetAgentStates" ? Self.states : body) }
        try harness.answer("GetAgentSnapshot", snapshot(contacts))
        harness.advance(100)
        try harness.answer("CreateTransport", Fixture.transport())
        harness.forget()
        return harness
    }

    /// The states and codes of the replies, by port.
    private func outcomes(_ harness: SessionHarness) -> [String] {
        harness.replies.map { port, result in
            switch result {
            case .success(let data): "\(port) \(data["state"]?.string ?? "?")"
            case .failure(let error): "\(port) \(error.code.rawValue)"
            }
        }
    }

    private func state(_ harness: SessionHarness) throws -> JSON? {
        try JSON(parsing: String(decoding: try #require(try harness.pending("PutAgentState").body), as: UTF8.self))
    }

    /// Answers the snapshot of the check, not the long poll.
    private func answerCheck(_ harness: SessionHarness, _ body: String) throws {
        let found = harness.calls.last { $0.call.purpose == "GetAgentSnapshot" }
        let check = try #require(found)
        harness.drop(check.id)
        harness.handle(.http(check.id, .response(status: 200, reason: "", body: Array(body.utf8))))
    }

    @Test("offline, a last look, the service's logout; then nothing is left, and the next sign-in starts at once")
    func whole() throws {
        let harness = try running()
        harness.handle(.logout(ticket(), .idle))
        #expect(try state(harness)?["state"]?["agentStateARN"] == "arn:o")
        #expect(try state(harness)?["enqueueNextState"] == false)
        try harness.answer("PutAgentState")
        #expect(harness.count(of: "GetAgentSnapshot") == 2)
        try answerCheck(harness, snapshot(state: "offline"))
        let goodbye = try harness.pending("logout")
        #expect(goodbye.url == "https://x.my.connect.aws/logout" && goodbye.usesCookies && goodbye.method == .get)
        #expect(harness.replies.isEmpty)
        harness.forget()
        try harness.answer("logout", status: 302)
        #expect(harness.calls.isEmpty && harness.sockets.isEmpty)
        #expect(harness.timers.keys.filter { $0 != .credentials }.isEmpty)
        let end = harness.recorded.filter {
            switch $0 {
            case .endSession, .forgetCredentials, .forgetAgent: true
            default: false
            }
        }
        #expect(end == [.endSession, .forgetCredentials])
        #expect(harness.status.auth.state == .required && harness.status.auth.lastError == "logged out by a client")
        #expect(harness.status.state == .signedOut && harness.status.snapshotAsOf == nil)
        #expect(harness.replies.isEmpty)
        harness.handle(.credentialsForgotten(problem: nil))
        #expect(harness.replies.first?.result == .success(["state": "logged_out", "warnings": []]))

        harness.handle(.credentialsChanged)
        try harness.answer("authorize", Self.token)
        #expect(harness.status.auth.state == .signedIn)
        #expect(harness.count(of: "GetAgentSnapshot") == 1 && harness.count(of: "CreateTransport") == 1)
    }

    @Test("a contact → refused with its name, and nothing is sent; after-contact work counts too")
    func contact() throws {
        for (contact, name) in [(call, "voice c1 (connected)"), (afterWork, "voice c1 (ended)")] {
            let harness = try running(contacts: contact)
            harness.handle(.logout(ticket(), .idle))
            guard case .failure(let error)? = harness.replies.first?.result else {
                Issue.record("\(harness.replies)")
                continue
            }
            #expect(error.code == .conflict && error.message.contains(name))
            #expect(error.hint?.contains("--when-free") == true)
            #expect(harness.count(of: "PutAgentState") == 0 && harness.status.auth.state == .signedIn)
        }
    }

    @Test("a contact that comes before the agent is offline → refused")
    func race() throws {
        let harness = try running()
        harness.handle(.logout(ticket(), .idle))
        try harness.answer("PutAgentState")
        try answerCheck(harness, snapshot(call))
        #expect(outcomes(harness) == ["1 conflict"])
        #expect(harness.count(of: "logout") == 0 && harness.status.state == .running)
    }

    @Test("when free: Offline is next, and the last contact's end logs out; it is told, and can be withdrawn")
    func free() throws {
        let harness = try running(contacts: call)
        harness.handle(.logout(ticket(), .free))
        #expect(try state(harness)?["enqueueNextState"] == true)
        try harness.answer("PutAgentState")
        #expect(harness.replies.first?.result == .success(["state": "waiting", "contacts": ["c1"]]))
        #expect(harness.auths.last?.endsWhenFree == true)
        harness.handle(.logout(ticket(2), .never))
        #expect(outcomes(harness) == ["1 waiting", "2 withdrawn"])
        #expect(harness.auths.last?.endsWhenFree == false)

        harness.handle(.logout(ticket(3), .free))
        try harness.answer("PutAgentState")
        try harness.answer("GetAgentSnapshot", snapshot(afterWork, next: "n3"))
        harness.advance(100)
        #expect(harness.count(of: "logout") == 0)
        // The service has set the agent offline by itself.
        try harness.answer("GetAgentSnapshot", snapshot(state: "offline", next: "n4"))
        try harness.answer("PutAgentState")
        try answerCheck(harness, snapshot(state: "offline", next: "n5"))
        try harness.answer("logout")
        harness.handle(.credentialsForgotten(problem: nil))
        #expect(outcomes(harness) == ["1 waiting", "2 withdrawn", "3 waiting"])
        #expect(harness.status.state == .signedOut)
    }

    @Test("now: with a contact Offline is next, without a last look; a client that asks meanwhile is answered too")
    func now() throws {
        let harness = try running(contacts: call)
        harness.handle(.logout(ticket(1), .now))
        harness.handle(.logout(ticket(2), .idle))
        #expect(try state(harness)?["enqueueNextState"] == true)
        try harness.answer("PutAgentState")
        try harness.answer("logout")
        harness.handle(.credentialsForgotten(problem: nil))
        #expect(outcomes(harness) == ["1 logged_out", "2 logged_out"])
    }

    @Test("now, while a logout waits or is under way → it is forced")
    func forced() throws {
        let waiting = try running(contacts: call)
        waiting.handle(.logout(ticket(1), .free))
        try waiting.answer("PutAgentState")
        waiting.handle(.logout(ticket(2), .now))
        try waiting.answer("PutAgentState")
        #expect(waiting.count(of: "logout") == 1)

        let checking = try running()
        checking.handle(.logout(ticket(1), .idle))
        try checking.answer("PutAgentState")
        checking.handle(.logout(ticket(2), .now))
        try answerCheck(checking, snapshot(call))
        #expect(checking.count(of: "logout") == 1)
    }

    @Test("the service refuses Offline, or does not answer → an error, and the session goes on; now warns")
    func failures() throws {
        let refused = try running()
        refused.handle(.logout(ticket(), .idle))
        try refused.answer("PutAgentState", #"{"__type":"InvalidState"}"#, status: 400)
        #expect(outcomes(refused) == ["1 unavailable"] && refused.status.state == .running)

        let silent = try running()
        silent.handle(.logout(ticket(), .idle))
        silent.advance(15_000)
        #expect(outcomes(silent) == ["1 timeout"] && silent.count(of: "PutAgentState") == 0)

        let forced = try running()
        forced.handle(.logout(ticket(), .now))
        forced.advance(15_000)
        try forced.fail("logout")
        forced.handle(.credentialsForgotten(problem: nil))
        guard case .success(let data)? = forced.replies.first?.result else {
            Issue.record("\(forced.replies)")
            return
        }
        let warnings = (data["warnings"]?.array ?? []).compactMap(\.string)
        #expect(warnings.count == 2 && warnings[1].contains("did not confirm the logout"))
    }

    @Test("clients' calls and syncs that are under way are answered, and late answers are nothing")
    func underWay() throws {
        let harness = try running()
        let asked = RequestTicket.request(PortID(number: 9), requestId: RawJSON(7))
        harness.handle(.call(asked, method: "getAgentStates", params: [:]))
        harness.handle(.logout(ticket(), .now))
        harness.handle(.sync(.request(3)))
        try harness.answer("PutAgentState")
        let ids = harness.calls.map(\.id)
        harness.forget()
        try harness.answer("logout")
        let gone = SessionAbsence.signedOut(.login, "logged out by a client")
        // It may have been carried out.
        #expect(harness.recorded.contains(.answer(asked, .failure(.service(.loggedOut)))))
        #expect(harness.recorded.contains(.synced(.request(3), gone.error(hint: gone.hint))))
        harness.forget()
        for id in ids { harness.handle(.http(id, .response(status: 200, reason: "", body: Array(snapshot().utf8)))) }
        #expect(harness.agents.isEmpty && harness.recorded.isEmpty)
    }

    @Test("signed out already → no call of the agent's, but the cookies' session ends; never signed in → the same")
    func signedOut() throws {
        let harness = try running()
        try harness.answer("GetAgentSnapshot", #"{"__type":"UnauthorizedException"}"#, status: 401)
        for _ in 1...6 {
            try harness.answer("authorize", status: 403)
            if harness.status.auth.state == .prompting { break }
            try harness.advance(to: .authorize)
        }
        #expect(harness.status.auth.state == .prompting)
        harness.forget()
        harness.handle(.logout(ticket(), .idle))
        #expect(harness.count(of: "PutAgentState") == 0)
        try harness.answer("logout", status: 403)
        harness.handle(.credentialsForgotten(problem: nil))
        let warning: JSON = ["the agent was not set offline: the session is signed out"]
        #expect(harness.replies.first?.result == .success(["state": "logged_out", "warnings": warning]))
        #expect(harness.auths.last?.prompt == nil && harness.status.auth.state == .required)

        let fresh = SessionHarness(source: .login(Fixture.instance))
        fresh.handle(.start)
        fresh.handle(.logout(ticket(), .idle))
        try fresh.answer("logout")
        fresh.handle(.credentialsForgotten(problem: nil))
        #expect(fresh.replies.first?.result == .success(["state": "logged_out", "warnings": []]))
    }

    @Test("another program makes the agent available again before the last look → not logged out")
    func available() throws {
        let harness = try running()
        harness.handle(.logout(ticket(), .idle))
        try harness.answer("PutAgentState")
        try answerCheck(harness, snapshot(state: "routable"))
        #expect(outcomes(harness) == ["1 unavailable"] && harness.count(of: "logout") == 0)
    }

    @Test("when free: a contact that comes at the end, or a failure, makes it wait again, and it tries again")
    func waitsAgain() throws {
        let harness = try running(contacts: call)
        harness.handle(.logout(ticket(), .free))
        try harness.answer("PutAgentState")
        try harness.answer("GetAgentSnapshot", snapshot(next: "n3"))
        harness.advance(100)
        try harness.answer("PutAgentState", #"{"__type":"InternalServiceException"}"#, status: 400)
        #expect(harness.status.auth.endsWhenFree)
        harness.advance(15_000)
        try harness.answer("PutAgentState")
        try answerCheck(harness, snapshot(call, next: "n4"))
        #expect(harness.status.auth.endsWhenFree && harness.count(of: "logout") == 0)
        harness.advance(15_000)
        #expect(try state(harness)?["enqueueNextState"] == true)
        try harness.answer("PutAgentState")
        try harness.answer("GetAgentSnapshot", snapshot(state: "offline", next: "n5"))
        try harness.answer("PutAgentState")
        try answerCheck(harness, snapshot(state: "offline", next: "n6"))
        #expect(harness.count(of: "logout") == 1 && outcomes(harness) == ["1 waiting"])
    }

    @Test("requests that join: never is too late, free waits if it must, idle gets the error; stop answers all")
    func joining() throws {
        let harness = try running()
        harness.handle(.logout(ticket(1), .idle))
        harness.handle(.logout(ticket(2), .never))
        harness.handle(.logout(ticket(3), .free))
        try harness.answer("PutAgentState")
        try answerCheck(harness, snapshot(call))
        #expect(outcomes(harness) == ["2 conflict", "1 conflict", "3 waiting"])
        #expect(harness.status.auth.endsWhenFree)

        let stopped = try running()
        stopped.handle(.logout(ticket(1), .now))
        stopped.handle(.stop)
        #expect(outcomes(stopped) == ["1 unavailable"])
    }

    @Test(
        "from the end on, clients' calls are refused, and a sign-in is; a snapshot of an earlier logout counts no more")
    func closing() throws {
        let harness = try running()
        harness.handle(.logout(ticket(1), .idle))
        try harness.answer("PutAgentState")
        harness.advance(15_000)
        #expect(outcomes(harness) == ["1 timeout"])
        harness.handle(.logout(ticket(2), .idle))
        try harness.answer("PutAgentState")
        try answerCheck(harness, snapshot(state: "offline"))
        #expect(harness.count(of: "logout") == 0)
        try answerCheck(harness, snapshot(state: "offline", next: "n3"))
        #expect(harness.count(of: "logout") == 1)
        let asked = RequestTicket.call(4)
        harness.handle(.call(asked, method: "acceptContact", params: ["contactId": "c2"]))
        let refusal = SessionAbsence.signedOut(.login, "it is being logged out")
        #expect(harness.recorded.contains(.answer(asked, .failure(.noSession(refusal)))))
        harness.handle(.credentialsChanged)
        harness.handle(.beginSignIn(ticket(3), isFirst: true))
        #expect(outcomes(harness).last == "3 conflict" && harness.count(of: "authorize") == 0)
        try harness.answer("logout", #"{"message":"no"}"#, status: 503)
        harness.handle(.credentialsForgotten(problem: "still there"))
        guard case .success(let data)? = harness.replies.last?.result else {
            Issue.record("\(harness.replies)")
            return
        }
        #expect(data["warnings"]?.array?.count == 2 && data["warnings"]?.array?.last == "still there")
    }

    @Test("log entries are uploaded before the end; entries that come afterwards are not the next person's")
    func logs() throws {
        let harness = try running()
        harness.handle(.logs([["component": "c", "text": "mine"]]))
        harness.handle(.logout(ticket(), .now))
        try harness.answer("PutAgentState")
        #expect(harness.count(of: "SendClientLogs") == 1 && harness.count(of: "logout") == 0)
        try harness.answer("SendClientLogs")
        try harness.answer("logout")
        harness.handle(.credentialsForgotten(problem: nil))
        harness.handle(.logs([["component": "c", "text": "late"]]))
        harness.handle(.credentialsChanged)
        try harness.answer("authorize", Self.token)
        harness.handle(.terminate)
        let body = try #require(try harness.pending("SendClientLogs").body)
        #expect(!String(decoding: body, as: UTF8.self).contains("late"))
    }

    @Test("a second logout without a sign-in between tells nobody anything")
    func twice() throws {
        let harness = try running()
        for expected in [1, 1] {
            harness.handle(.logout(ticket(), .now))
            if harness.count(of: "PutAgentState") > 0 { try harness.answer("PutAgentState") }
            try harness.answer("logout")
            harness.handle(.credentialsForgotten(problem: nil))
            #expect(harness.recorded.count { $0 == .endSession } == expected)
        }
        #expect(outcomes(harness) == ["1 logged_out", "1 logged_out"])
    }

    @Test("signed out with a contact: when-free cannot be kept, and says so")
    func blind() throws {
        let harness = try running(contacts: call)
        try harness.answer("GetAgentSnapshot", #"{"__type":"UnauthorizedException"}"#, status: 401)
        while harness.count(of: "authorize") > 0 {
            try harness.answer("authorize", status: 403)
            if harness.wait(for: .authorize) != nil { try harness.advance(to: .authorize) }
        }
        harness.forget()
        harness.handle(.logout(ticket(), .free))
        #expect(outcomes(harness) == ["1 not_authenticated"] && harness.count(of: "logout") == 0)
    }

    @Test("another sign-in without a logout: nothing of the former one is published with it, held calls fail")
    func another() throws {
        let harness = try running(contacts: call)
        harness.handle(.sync(.request(1)))
        let held = RequestTicket.call(5)
        harness.handle(.call(held, method: "getAgentStates", params: [:]))
        try harness.answer("GetAgentStates", #"{"__type":"UnauthorizedException"}"#, status: 401)
        try harness.answer("authorize", status: 403)
        harness.handle(.credentialsChanged)
        harness.forget()
        try harness.answer("authorize", Self.token.replacing("t1", with: "t2"))
        #expect(harness.agents.isEmpty && harness.status.snapshotAsOf == nil)
        #expect(harness.recorded.contains { if case .synced(.request(1), .some) = $0 { true } else { false } })
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        for (name, body) in Fixture.lists { try harness.answer(name, name == "GetAgentStates" ? Self.states : body) }
        #expect(harness.agents.isEmpty)
        try harness.answer("GetAgentSnapshot", snapshot(next: "n9"))
        #expect(harness.agents.count == 1 && harness.agents.first?.snapshot.contacts.isEmpty == true)
    }

    @Test("configure: there are no cookies to log out with; the same token does not come back")
    func configure() throws {
        let harness = try running(.configure)
        harness.handle(.logout(ticket(), .idle))
        try harness.answer("PutAgentState")
        try answerCheck(harness, snapshot(state: "offline"))
        #expect(harness.count(of: "logout") == 0)
        harness.handle(.credentialsForgotten(problem: nil))
        #expect(outcomes(harness) == ["1 logged_out"] && harness.status.state == .waiting)
        harness.handle(.configure(Fixture.configure()))
        #expect(harness.status.state == .waiting)
        harness.handle(.configure(Fixture.configure("t2")))
        #expect(harness.status.auth.state == .signedIn)
    }

    @Test("terminate and another sign-in withdraw a logout that waits")
    func withdrawn() throws {
        for event in [SessionEvent.terminate, .credentialsChanged] {
            let harness = try running(contacts: call)
            harness.handle(.logout(ticket(), .free))
            try harness.answer("PutAgentState")
            harness.handle(event)
            #expect(!harness.status.auth.endsWhenFree)
        }
        let idle = try running()
        idle.handle(.logout(ticket(), .never))
        #expect(outcomes(idle) == ["1 conflict"])
    }
}
