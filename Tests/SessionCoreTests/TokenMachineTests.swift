// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Token machine")
struct TokenMachineTests {
    @Test(
        "a state and an input → steps and a new state",
        arguments: TokenRow.beginnings + TokenRow.ends + TokenRow.others + TokenRow.prompts
    )
    func row(_ row: TokenRow) {
        var machine = TokenMachine(
            source: row.source.tokenSource, timers: SessionTimers(), seed: 1, state: row.before)
        let steps = machine.handle(row.input, at: Moment(wall: SessionHarness.epoch, uptime: 0))
        #expect(machine.state == row.after)
        guard let middle = row.jitteredWait else {
            #expect(steps == row.steps)
            return
        }
        #expect(Array(steps.dropLast()) == row.steps)
        guard case .action(.schedule(.authorize, let wait))? = steps.last else {
            Issue.record("\(steps)")
            return
        }
        #expect((middle / 2...middle * 3 / 2).contains(wait))
    }

    @Test("a failure or a refusal keeps the credentials and changes the status")
    func views() throws {
        let held = TokenRow.held
        let rows: [(TokenMachine.TokenState, Credentials?, DaemonStatus.Auth.State)] = [
            (.none, nil, .none), (.held(held), held, .signedIn), (.failing(held), held, .failing),
            (.failing(nil), nil, .failing), (.refused(held), held, .refused), (.refused(nil), nil, .refused),
        ]
        for (token, credentials, auth) in rows {
            let state = TokenMachine.State(token: token)
            let machine = TokenMachine(source: ConfigureSource(), timers: SessionTimers(), seed: 1, state: state)
            #expect(machine.credentials == credentials)
            #expect(machine.auth(at: Moment(wall: SessionHarness.epoch, uptime: 0)) == auth)
        }
    }

    @Test("a configure's token is used once, even after terminate; an incomplete configure counts as seen")
    func seen() {
        var machine = TokenMachine(source: ConfigureSource(), timers: SessionTimers(), seed: 1)
        let now = Moment(wall: SessionHarness.epoch, uptime: 0)
        let incomplete: JSON = ["authToken": "t2"]
        let rows: [(TokenMachine.Input, Int)] = [
            (.configure(Fixture.configure("t1")), 1), (.configure(Fixture.configure("t1")), 0),
            (.terminate("ended"), 1),
            (.configure(Fixture.configure("t1")), 0), (.configure(incomplete), 1),
            (.configure(Fixture.configure("t2")), 0), (.configure(Fixture.configure("t1")), 1),
        ]
        for (input, count) in rows { #expect(machine.handle(input, at: now).count == count) }
    }
}

/// A source that no value of `session.source` names: it only has a refresh token that never changes.
private struct VaultSource: TokenSource {
    let kind = DaemonStatus.Session.Source.authorize
    let waitsForConfigure = false
    let replacesRefusedToken = true
    let roundLimit: Int? = nil
    let endpoint: String? = Fixture.endpoint
    let loginURL: String? = nil
    let logoutEndpoint: String? = nil

    func request(held: Credentials?) -> TokenRequest? { .refresh(Secret("vault")) }
    func requestAfterSignOut(held: Credentials?) -> TokenRequest? { nil }
    func meansSignedOut(_ status: Int) -> Bool { false }
    func credentials(token: Secret, expiry: Int64?, held: Credentials?) -> Credentials? {
        Credentials(token: token, expiry: expiry, instance: Fixture.instance)
    }
}

@Suite("Token sources")
struct TokenSourceTests {
    @Test("a source of one's own needs nothing but its type: start, a 401, and the end of the sign-in")
    func other() {
        var machine = TokenMachine(source: VaultSource(), timers: SessionTimers(), seed: 1)
        let now = Moment(wall: SessionHarness.epoch, uptime: 0)
        let ask = TokenMachine.Step.ask(.refresh(Secret("vault")))
        #expect(machine.handle(.start, at: now) == [ask])
        let answer = CallResult.success(["newAuthToken": "t1"], bytes: 1)
        #expect(machine.handle(.refreshEnded(answer), at: now).contains(.adopt(isFirst: true)))
        #expect(machine.handle(.unauthorized, at: now) == [ask])
        #expect(machine.auth(at: now) == .degraded)
        let refusal = CallResult.failure(ServiceError(type: "X", message: nil, status: 400))
        #expect(machine.handle(.refreshEnded(refusal), at: now).contains(.action(.publish(EventName.authFail))))
        #expect(machine.auth(at: now) == .refused && machine.source.authorizeURL == nil)
    }

    @Test("configure uses the authorize endpoint, else the refresh token; authorize uses the configured URL")
    func requests() {
        let refreshing = TokenRow.credentials(without: ["authorizeEndpoint"])
        let bare = TokenRow.credentials(without: ["authorizeEndpoint", "refreshToken"])
        let (endpoint, refresh) = (TokenRow.endpoint, TokenRow.refresh)
        let rows: [(SessionSettings.Source, Credentials?, TokenRequest?, TokenRequest?)] = [
            (.configure, nil, nil, nil), (.configure, TokenRow.held, endpoint, refresh),
            (.configure, refreshing, refresh, refresh), (.configure, bare, nil, nil),
            (TokenRow.cookies, nil, endpoint, endpoint), (TokenRow.cookies, TokenRow.held, endpoint, endpoint),
        ]
        for (source, held, request, afterSignOut) in rows {
            #expect(source.tokenSource.request(held: held) == request)
            #expect(source.tokenSource.requestAfterSignOut(held: held) == afterSignOut)
        }
    }

    @Test(
        "a 401 ends the sign-in; with session source authorize, a 403 or a redirect too",
        arguments: [(401, true, true), (403, false, true), (302, false, true), (399, false, true), (400, false, false)])
    func signedOut(status: Int, configure: Bool, cookies: Bool) {
        #expect(SessionSettings.Source.configure.tokenSource.meansSignedOut(status) == configure)
        #expect(TokenRow.cookies.tokenSource.meansSignedOut(status) == cookies)
    }
}
