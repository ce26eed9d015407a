// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

/// A state of the token machine and an input, with the expected steps and the expected new state.
struct TokenRow: Sendable, CustomTestStringConvertible {
    typealias State = TokenMachine.State

    let testDescription: String
    var source: SessionSettings.Source
    let before: State
    let input: TokenMachine.Input
    let steps: [TokenMachine.Step]
    /// If set, one more step follows `steps`: it schedules the next attempt after a random wait around this value.
    let jitteredWait: Int64?
    let after: State

    init(
        _ name: String, from source: SessionSettings.Source = .configure, in before: State, _ input: TokenMachine.Input,
        _ steps: [TokenMachine.Step] = [], jitteredWait: Int64? = nil, after: State
    ) {
        (testDescription, self.source, self.before, self.input) = (name, source, before, input)
        (self.steps, self.jitteredWait, self.after) = (steps, jitteredWait, after)
    }

    // MARK: Values for the rows

    static let cookies = SessionSettings.Source.authorize(Fixture.instance)
    static let endpoint = TokenRequest.authorize(url: Fixture.authorizeEndpoint)
    static let refresh = TokenRequest.refresh(Secret("r1"))
    static let scheduleCheck = TokenMachine.Step.action(.schedule(.tokenCheck, after: 300_000))

    /// The credentials of the fixture's configure.
    static let held = credentials()

    static func credentials(without absent: [String] = [], expires: JSON = .null) -> Credentials {
        var data = Fixture.configure(expires: expires).object ?? JSONObject()
        for name in absent { data[name] = nil }
        return Credentials(configure: .object(data))
            ?? Credentials(token: Secret(""), expiry: nil, instance: Fixture.instance)
    }

    static func ends(in milliseconds: Int64, without absent: [String] = []) -> Credentials {
        credentials(without: absent, expires: .int(Int(SessionHarness.epoch + milliseconds)))
    }

    static func answer(_ status: Int, _ body: String = "{}") -> TokenMachine.Input {
        .authorizeEnded(.response(status: status, reason: "", body: Array(body.utf8)))
    }

    static var withoutCookies: TokenMachine.Input {
        var response = HTTPResponse(status: 403, reason: "", body: [])
        response.cookieProblem = "no file"
        return .authorizeEnded(.response(response))
    }

    static func asking(_ request: TokenRequest, quick: Int = 0, rounds: Int = 0) -> TokenMachine.Attempt {
        .asking(request, .init(quick: quick, rounds: rounds))
    }

    static func waiting(_ request: TokenRequest, quick: Int = 0, rounds: Int = 0) -> TokenMachine.Attempt {
        .waiting(request, .init(quick: quick, rounds: rounds))
    }

    static func authorized(_ expires: String = "-") -> TokenMachine.Step {
        .action(.log(.info, "authorized", ["expires": expires]))
    }

    static func signedOut(_ why: String) -> [TokenMachine.Step] {
        [.action(.publish(EventName.authFail)), .action(.log(.error, "signed out", ["why": why]))]
    }

    static func opened(_ why: String) -> [TokenMachine.Step] {
        [
            .action(.publish(EventName.authorizeRetriesExhausted)),
            .action(.log(.error, "a new sign-in is needed", ["why": why])), look,
        ]
    }

    static func failed(_ why: String, round: Int) -> TokenMachine.Step {
        .action(.log(.warning, "could not authorize", ["why": why, "round": "\(round)"]))
    }

    static let look = TokenMachine.Step.action(.schedule(.credentials, after: 5_000))
    static let spent = RefusalBudget([0, 0, 0, 0, 0])
    static let refusedToo = "Amazon Connect refuses new tokens, too"
    static let noRenewal =
        "the token is about to expire, and there is neither an authorize endpoint nor a refresh token"
    static let noToken = "the authorize endpoint answered without an accessToken: is this the right URL?"

    static func status(_ status: Int) -> String { "the authorize endpoint answered \(status)" }

    static func invalid(_ status: Int) -> String { Self.status(status) + ": the sign-in is no longer valid" }
}

extension TokenRow {
    static let login = SessionSettings.Source.login(Fixture.instance)
    private static let port = PortID(number: 1)
    private static let prompt = TokenMachine.Step.action(.schedule(.prompt, after: 600_000))
    private static let noPrompt = TokenMachine.Step.action(.unschedule(.prompt))
    private static let givenUp: [TokenMachine.Step] = [
        noPrompt, .action(.log(.info, "the prompt for a sign-in was given up", [:])),
    ]
    private static let unused = Self.status(403) + ": no file"

    /// A prompt with the first id of a machine with seed 1.
    private static func pending(_ reason: String, claimed port: PortID? = nil) -> SignInPrompts {
        var random = SplitMix64(seed: 1)
        let id = String(random.next(), radix: 36)
        var prompts = SignInPrompts()
        _ = prompts.open(id: id, reason: reason, at: Moment(wall: 0, uptime: 0))
        if let port { prompts.claim(by: port, id: "", reason: "") }
        return prompts
    }

    private static let paused: SignInPrompts = {
        var prompts = pending("x")
        prompts.giveUp(at: Moment(wall: 0, uptime: 0), pause: 300_000)
        return prompts
    }()

    static let prompts: [TokenRow] = [
        TokenRow(
            "login: no cookies → a prompt at once, instead of more requests", from: login,
            in: State(attempt: asking(endpoint)), withoutCookies, signedOut(unused) + opened(unused) + [prompt],
            after: State(token: .refused(nil), lastError: unused, isCircuitOpen: true, prompts: pending(unused))),
        TokenRow(
            "authorize: a spent budget, and no prompt", from: cookies,
            in: State(token: .refused(held), attempt: asking(endpoint), lastError: "x", refusals: spent), answer(403),
            opened(invalid(403)),
            after: State(token: .refused(held), lastError: invalid(403), refusals: spent, isCircuitOpen: true)),
        TokenRow(
            "login: a spent budget → a prompt", from: login,
            in: State(token: .refused(held), attempt: asking(endpoint), lastError: "x", refusals: spent), answer(403),
            opened(invalid(403)) + [prompt],
            after: State(
                token: .refused(held), lastError: invalid(403), refusals: spent, isCircuitOpen: true,
                prompts: pending(invalid(403)))),
        TokenRow(
            "no second prompt soon after one was given up", from: login,
            in: State(
                token: .refused(held), attempt: asking(endpoint), lastError: "x", refusals: spent, prompts: paused),
            answer(403), opened(invalid(403)),
            after: State(
                token: .refused(held), lastError: invalid(403), refusals: spent, isCircuitOpen: true, prompts: paused)),
        TokenRow(
            "a person begins: the prompt is that port's", from: login,
            in: State(isCircuitOpen: true, prompts: pending("x")), .beginSignIn(port), [noPrompt],
            after: State(isCircuitOpen: true, prompts: pending("x", claimed: port))),
        TokenRow(
            "another person begins: the prompt stays the first port's", from: login,
            in: State(isCircuitOpen: true, prompts: pending("x", claimed: port)), .beginSignIn(PortID(number: 2)),
            [noPrompt], after: State(isCircuitOpen: true, prompts: pending("x", claimed: port))),
        TokenRow(
            "a person begins during the pause: a new prompt", from: login,
            in: State(lastError: "x", isCircuitOpen: true), .beginSignIn(port), [noPrompt],
            after: State(lastError: "x", isCircuitOpen: true, prompts: pending("x", claimed: port))),
        TokenRow(
            "authorize: nobody begins a sign-in", from: cookies, in: State(isCircuitOpen: true), .beginSignIn(port),
            after: State(isCircuitOpen: true)),
        TokenRow(
            "given up by its port's end", from: login,
            in: State(isCircuitOpen: true, prompts: pending("x", claimed: port)),
            .portClosed(port), givenUp, after: State(isCircuitOpen: true, prompts: paused)),
        TokenRow(
            "another port's end is nothing", from: login,
            in: State(isCircuitOpen: true, prompts: pending("x", claimed: port)), .portClosed(PortID(number: 2)),
            after: State(isCircuitOpen: true, prompts: pending("x", claimed: port))),
        TokenRow(
            "given up by its id", from: login, in: State(isCircuitOpen: true, prompts: pending("x")),
            .abandonSignIn(pending("x").pending?.id ?? ""), givenUp, after: State(isCircuitOpen: true, prompts: paused)),
        TokenRow(
            "another id is nothing", from: login, in: State(isCircuitOpen: true, prompts: pending("x")),
            .abandonSignIn("other"), after: State(isCircuitOpen: true, prompts: pending("x"))),
        TokenRow(
            "nobody came", from: login, in: State(isCircuitOpen: true, prompts: pending("x")), .promptDue, givenUp,
            after: State(isCircuitOpen: true, prompts: paused)),
        TokenRow(
            "new cookies leave the prompt until they are accepted", from: login,
            in: State(token: .refused(held), lastError: "x", isCircuitOpen: true, prompts: pending("x", claimed: port)),
            .credentialsChanged,
            [
                .action(.unschedule(.credentials)), .action(.log(.info, "there are new cookies", [:])), .ask(endpoint),
            ],
            after: State(
                token: .refused(held), attempt: asking(endpoint), lastError: "x", isSigningIn: true,
                prompts: pending("x", claimed: port))),
        TokenRow(
            "a token from before the prompt ends it", from: login,
            in: State(attempt: asking(endpoint), prompts: pending("x", claimed: port)), answer(200, token),
            [noPrompt, .adopt(isFirst: true), authorized(expires)],
            after: State(
                token: .held(Credentials(token: Secret("t2"), expiry: 1_735_790_000_000, instance: Fixture.instance)))),
    ]
}

extension TokenRow {
    private static let near = ends(in: 1_799_999)
    private static let refreshable = ends(in: 0, without: ["authorizeEndpoint"])
    private static let lost = ends(in: 0, without: ["authorizeEndpoint", "refreshToken"])
    private static let replaced = Credentials(configure: Fixture.configure("t2", expires: .null)) ?? held
    private static let out = State(token: .held(held), attempt: asking(endpoint))
    private static let renewed = held.renewed(token: Secret("t2"), expiry: 1_735_790_000_000)
    private static let first = Credentials(token: Secret("t2"), expiry: nil, instance: Fixture.instance)
    private static let token = #"{"accessToken":"t2","expiration":1735790000000}"#
    private static let expires = "2025-01-02T03:53:20.000Z"
    private static let endless = held.renewed(token: Secret("t2"), expiry: nil)
    private static let fault = "getNewAuthToken: X"

    static let beginnings: [TokenRow] = [
        TokenRow(
            "a next token that ends soon: its end is checked then, and not with the next check", from: cookies,
            in: State(token: .held(held), attempt: asking(endpoint)),
            answer(200, #"{"accessToken":"t2","expiration":1735732860000}"#),
            [
                .adopt(isFirst: false), .action(.schedule(.tokenCheck, after: 60_000)),
                authorized("2025-01-01T12:01:00.000Z"),
            ],
            after: State(
                token: .held(Credentials(token: Secret("t2"), expiry: 1_735_732_860_000, instance: Fixture.instance)))),
        TokenRow("start: waits for a configure", in: State(), .start, after: State()),
        TokenRow(
            "start: authorizes with cookies", from: cookies, in: State(), .start, [.ask(endpoint)],
            after: State(attempt: asking(endpoint))),
        TokenRow("begin", in: State(token: .held(held)), .begin, [scheduleCheck], after: State(token: .held(held))),
        TokenRow(
            "a first configure", in: State(), .configure(Fixture.configure(expires: .null)),
            [.adopt(isFirst: true)], after: State(token: .held(held))),
        TokenRow(
            "a configure with session source authorize", from: cookies, in: State(), .configure(Fixture.configure()),
            after: State()),
        TokenRow(
            "a configure during a request",
            in: State(token: .refused(held), attempt: asking(endpoint, rounds: 2), lastError: "x"),
            .configure(Fixture.configure("t2", expires: .null)), [.cancel, .adopt(isFirst: false)],
            after: State(token: .held(replaced))),
        TokenRow(
            "a configure while an attempt waits", in: State(token: .refused(held), attempt: waiting(refresh)),
            .configure(Fixture.configure("t2", expires: .null)),
            [.action(.unschedule(.newToken)), .adopt(isFirst: false)], after: State(token: .held(replaced))),
        TokenRow(
            "check: no expiry", in: State(token: .held(held)), .checkDue, [scheduleCheck],
            after: State(token: .held(held))),
        TokenRow(
            "check: not due", in: State(token: .held(ends(in: 1_800_000))), .checkDue, [scheduleCheck],
            after: State(token: .held(ends(in: 1_800_000)))),
        TokenRow(
            "check: due", in: State(token: .held(near)), .checkDue, [scheduleCheck, .ask(endpoint)],
            after: State(token: .held(near), attempt: asking(endpoint))),
        TokenRow(
            "check: a request is under way", in: State(token: .held(near), attempt: asking(refresh)), .checkDue,
            [scheduleCheck], after: State(token: .held(near), attempt: asking(refresh))),
        TokenRow(
            "check: an attempt waits", in: State(token: .held(near), attempt: waiting(endpoint, rounds: 1)),
            .checkDue, [scheduleCheck], after: State(token: .held(near), attempt: waiting(endpoint, rounds: 1))),
        TokenRow(
            "check: the endpoint replaces a waiting refresh",
            in: State(token: .refused(near), attempt: waiting(refresh)), .checkDue,
            [scheduleCheck, .action(.unschedule(.newToken)), .ask(endpoint)],
            after: State(token: .refused(near), attempt: asking(endpoint))),
        TokenRow(
            "check: without an endpoint", in: State(token: .held(refreshable)), .checkDue,
            [scheduleCheck, .ask(refresh)], after: State(token: .held(refreshable), attempt: asking(refresh))),
        TokenRow(
            "check: without an endpoint and a refresh token", in: State(token: .held(lost)), .checkDue,
            [scheduleCheck] + signedOut(noRenewal),
            after: State(token: .refused(lost), lastError: noRenewal)),
        TokenRow(
            "check: the same again", in: State(token: .refused(lost)), .checkDue, [scheduleCheck],
            after: State(token: .refused(lost), lastError: noRenewal)),
    ]

    static let ends: [TokenRow] = [
        TokenRow(
            "a token", in: State(token: .failing(held), attempt: asking(endpoint, rounds: 3), lastError: "x"),
            answer(200, token), [.adopt(isFirst: false), authorized(expires)],
            after: State(token: .held(renewed))),
        TokenRow(
            "a token after a refusal", in: State(token: .refused(held), attempt: asking(endpoint)),
            answer(200, token),
            [.adopt(isFirst: false), authorized(expires), .action(.publish(EventName.authorizeSuccess))],
            after: State(token: .held(renewed))),
        TokenRow(
            "a first token", from: cookies, in: State(attempt: asking(endpoint)),
            answer(200, #"{"accessToken":"t2"}"#), [.adopt(isFirst: true), authorized()],
            after: State(token: .held(first))),
        TokenRow(
            "a response without a token", in: out, answer(200), [failed(noToken, round: 1)], jitteredWait: 10_000,
            after: State(token: .failing(held), attempt: waiting(endpoint, rounds: 1), lastError: noToken)),
        TokenRow(
            "a 503", in: out, answer(503),
            [
                .action(.log(.warning, "could not authorize", ["why": status(503)])),
                .action(.schedule(.authorize, after: 2_000)),
            ],
            after: State(token: .failing(held), attempt: waiting(endpoint, quick: 1), lastError: status(503))),
        TokenRow(
            "a second 503 in a row is not logged",
            in: State(token: .failing(held), attempt: asking(endpoint, quick: 1)),
            answer(503), [.action(.schedule(.authorize, after: 2_000))],
            after: State(token: .failing(held), attempt: waiting(endpoint, quick: 2), lastError: status(503))),
        TokenRow(
            "a 403 without cookies", from: cookies, in: State(attempt: asking(endpoint)), withoutCookies,
            signedOut(status(403) + ": no file") + [.action(.schedule(.authorize, after: 2_000))],
            after: State(
                token: .refused(nil), attempt: waiting(endpoint), lastError: status(403) + ": no file",
                refusals: RefusalBudget([2_000]))),
        TokenRow(
            "a fifth 429", in: State(token: .held(held), attempt: asking(endpoint, quick: 4, rounds: 1)),
            answer(429), [failed(status(429), round: 2)], jitteredWait: 20_000,
            after: State(token: .failing(held), attempt: waiting(endpoint, rounds: 2), lastError: status(429))),
        TokenRow(
            "a 404", in: out, answer(404), [failed(status(404), round: 1)], jitteredWait: 10_000,
            after: State(token: .failing(held), attempt: waiting(endpoint, rounds: 1), lastError: status(404))),
        TokenRow(
            "a fifth round", in: State(token: .held(held), attempt: asking(endpoint, rounds: 4)), answer(404),
            [failed(status(404), round: 5)], after: State(token: .failing(held), lastError: status(404))),
        TokenRow(
            "a fifth round with cookies", from: cookies, in: State(attempt: asking(endpoint, rounds: 4)),
            answer(404), [failed(status(404), round: 5), .action(.schedule(.authorize, after: 15_000))],
            after: State(token: .failing(nil), attempt: waiting(endpoint, rounds: 5), lastError: status(404))),
        TokenRow(
            "a 401", in: out, answer(401), signedOut(invalid(401)) + [.action(.schedule(.newToken, after: 2_000))],
            after: State(token: .refused(held), attempt: waiting(refresh), lastError: invalid(401))),
        TokenRow(
            "a 401 when signed out already", from: cookies,
            in: State(token: .refused(nil), attempt: asking(endpoint), refusals: RefusalBudget([0])), answer(401),
            [.action(.schedule(.authorize, after: 4_000))],
            after: State(
                token: .refused(nil), attempt: waiting(endpoint), lastError: invalid(401),
                refusals: RefusalBudget([0, 4_000]))),
        TokenRow(
            "a 401 when the budget is spent", from: cookies,
            in: State(token: .refused(nil), attempt: asking(endpoint), refusals: spent), answer(401),
            opened(invalid(401)),
            after: State(token: .refused(nil), lastError: invalid(401), refusals: spent, isCircuitOpen: true)),
        TokenRow(
            "a token after a call's 401 that was told",
            in: State(token: .held(held), attempt: asking(endpoint), isTokenRefused: true, isFailureTold: true),
            answer(200, token),
            [.adopt(isFirst: false), authorized(expires), .action(.publish(EventName.authorizeSuccess))],
            after: State(token: .held(renewed))),
        TokenRow("a result without an attempt", in: State(), answer(401), after: State()),
    ]

    static let others: [TokenRow] = [
        TokenRow(
            "a refreshed token", in: State(token: .refused(held), attempt: asking(refresh)),
            .refreshEnded(.success(["newAuthToken": "t2"], bytes: 0)),
            [.adopt(isFirst: false), authorized(), .action(.publish(EventName.authorizeSuccess))],
            after: State(token: .held(endless))),
        TokenRow(
            "a refresh token that is refused", in: State(token: .held(held), attempt: asking(refresh)),
            .refreshEnded(.failure(ServiceError(type: "X", message: nil, status: 400))), signedOut(fault),
            after: State(token: .refused(held), lastError: fault)),
        TokenRow(
            "a refresh that met a 500", in: State(token: .held(held), attempt: asking(refresh)),
            .refreshEnded(.failure(ServiceError(type: "X", message: nil, status: 500))), [],
            after: State(token: .failing(held), lastError: fault)),
        TokenRow(
            "an attempt that is due", in: State(attempt: waiting(endpoint, quick: 2)), .attemptDue,
            [.ask(endpoint)], after: State(attempt: asking(endpoint, quick: 2))),
        TokenRow("a timer without an attempt", in: State(), .attemptDue, after: State()),
        TokenRow(
            "a call's 401", from: cookies, in: State(token: .held(held)), .unauthorized, [.ask(endpoint)],
            after: State(
                token: .held(held), attempt: asking(endpoint), isTokenRefused: true, refusals: RefusalBudget([0]))),
        TokenRow(
            "a call's 401 with the third new token", from: cookies,
            in: State(token: .held(held), refusals: RefusalBudget([0, 0])), .unauthorized,
            [.action(.schedule(.authorize, after: 4_000))],
            after: State(
                token: .held(held), attempt: waiting(endpoint), isTokenRefused: true,
                refusals: RefusalBudget([0, 0, 4_000])
            )),
        TokenRow(
            "a call's 401 with the sixth new token within a minute", from: cookies,
            in: State(token: .held(held), refusals: spent), .unauthorized, signedOut(refusedToo) + opened(refusedToo),
            after: State(
                token: .refused(held), lastError: refusedToo, isTokenRefused: true, refusals: spent, isCircuitOpen: true
            )),
        TokenRow(
            "a call's 401 a minute later", from: cookies,
            in: State(token: .held(held), refusals: RefusalBudget([-60_000, -60_000])), .unauthorized,
            [.ask(endpoint)],
            after: State(
                token: .held(held), attempt: asking(endpoint), isTokenRefused: true, refusals: RefusalBudget([0]))),
        TokenRow(
            "a call's 401 while the circuit is open", from: cookies,
            in: State(token: .refused(held), isCircuitOpen: true), .unauthorized,
            after: State(token: .refused(held), isTokenRefused: true, isCircuitOpen: true)),
        TokenRow(
            "check: nothing while the circuit is open", from: cookies,
            in: State(token: .refused(near), isCircuitOpen: true), .checkDue, [scheduleCheck],
            after: State(token: .refused(near), isCircuitOpen: true)),
        TokenRow(
            "the circuit is open: looks for new cookies", from: cookies,
            in: State(token: .refused(held), isCircuitOpen: true), .credentialsDue,
            [.action(.lookForCredentials), look], after: State(token: .refused(held), isCircuitOpen: true)),
        TokenRow("the circuit is closed: does not look", from: cookies, in: State(), .credentialsDue, after: State()),
        TokenRow(
            "new cookies close the circuit", from: cookies,
            in: State(token: .refused(held), refusals: spent, isCircuitOpen: true), .credentialsChanged,
            [.action(.unschedule(.credentials)), .action(.log(.info, "there are new cookies")), .ask(endpoint)],
            after: State(token: .refused(held), attempt: asking(endpoint), isSigningIn: true)),
        TokenRow(
            "new cookies while the session runs", from: cookies, in: State(token: .held(held)), .credentialsChanged,
            [.action(.unschedule(.credentials)), .action(.log(.info, "there are new cookies")), .ask(endpoint)],
            after: State(token: .held(held), attempt: asking(endpoint), isSigningIn: true)),
        TokenRow(
            "new cookies during a request with the old ones", from: cookies,
            in: State(token: .refused(nil), attempt: asking(endpoint), lastError: "x"), .credentialsChanged,
            [
                .action(.unschedule(.credentials)), .cancel, .action(.log(.info, "there are new cookies")),
                .ask(endpoint),
            ], after: State(token: .refused(nil), attempt: asking(endpoint), lastError: "x", isSigningIn: true)),
        TokenRow(
            "no answer with new cookies: the old refusal is over", from: cookies,
            in: State(token: .refused(held), attempt: asking(endpoint), isSigningIn: true), answer(503),
            [
                .action(.log(.warning, "could not authorize", ["why": status(503)])),
                .action(.schedule(.authorize, after: 2_000)),
            ],
            after: State(
                token: .failing(held), attempt: waiting(endpoint, quick: 1), lastError: status(503), isFailureTold: true
            )),
        TokenRow("new cookies with a client's token", in: State(), .credentialsChanged, after: State()),
        TokenRow(
            "a 401 was told", from: cookies, in: State(token: .held(held)), .failureTold,
            after: State(token: .held(held), isFailureTold: true)),
        TokenRow(
            "a call's 401 during a request", from: cookies,
            in: State(token: .held(held), attempt: asking(endpoint)), .unauthorized,
            after: State(token: .held(held), attempt: asking(endpoint), isTokenRefused: true)),
        TokenRow(
            "a call's 401 with a client's token", in: State(token: .held(held)), .unauthorized,
            after: State(token: .held(held), isTokenRefused: true)),
        TokenRow(
            "a 401 of a session that was terminated", from: cookies, in: State(), .unauthorized, after: State()),
        TokenRow(
            "the budget is spent", in: State(token: .held(held)), .budgetSpent,
            after: State(token: .refused(held))),
        TokenRow(
            "a poll succeeded", from: cookies, in: State(token: .held(held), isTokenRefused: true), .pollSucceeded,
            after: State(token: .held(held), isTokenProven: true)),
        TokenRow(
            "a client's call succeeded", from: cookies, in: State(token: .held(held)), .callSucceeded,
            after: State(token: .held(held), isTokenProven: true)),
        TokenRow(
            "a call's 401 with a second token that was good", from: cookies,
            in: State(token: .held(held), isTokenProven: true, refusals: RefusalBudget([0])), .unauthorized,
            [.ask(endpoint)],
            after: State(
                token: .held(held), attempt: asking(endpoint), isTokenRefused: true, isTokenProven: true,
                refusals: RefusalBudget([0, 0]))),
        TokenRow(
            "terminate",
            in: State(token: .refused(held), attempt: waiting(endpoint), lastError: "x"),
            .terminate("ended"), [.action(.unschedule(.tokenCheck)), .action(.unschedule(.authorize))], after: State()),
        TokenRow(
            "terminate with cookies: waits for new ones", from: cookies, in: State(token: .held(held)),
            .terminate("ended"), [.action(.unschedule(.tokenCheck)), .action(.noteCredentials), look],
            after: State(lastError: "ended", isCircuitOpen: true)),
        TokenRow(
            "a call's 401 when the budget is spent, with a token that others use", from: cookies,
            in: State(token: .held(held), isTokenProven: true, refusals: spent), .unauthorized,
            after: State(token: .held(held), isTokenRefused: true, isTokenProven: true, refusals: spent)),
    ]
}
