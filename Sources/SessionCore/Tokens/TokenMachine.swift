// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Keeps the session's token valid: requests the first one, renews it before it expires, and detects that the sign-in has
/// ended.
///
/// Requests to the authorize endpoint are made in rounds. A round has up to five attempts with a short wait between them
/// after a 5xx, a 429 or no response. The next round follows after a back-off. Refusals are different: they have a budget,
/// because a sign-in that is refused again and again needs a person, and may be locked. When it is spent, the circuit is
/// open: nothing is requested until there is a new credential.
struct TokenMachine: Sendable {
    private static let quickLimit = 5

    let source: any TokenSource
    private let timers: SessionTimers
    private var random: SplitMix64
    private var now = Moment(wall: 0, uptime: 0)
    private var steps: [Step] = []
    private(set) var state: State
    /// The token of the last `configure`, complete or not. The same token is ignored if it arrives again, even after
    /// `terminate`.
    private var seenToken: Secret?

    init(source: any TokenSource, timers: SessionTimers, seed: UInt64, state: State = State()) {
        self.source = source
        self.timers = timers
        random = SplitMix64(seed: seed)
        self.state = state
    }

    /// The credentials in use, even if their token was refused; nil before the first token.
    var credentials: Credentials? {
        switch state.token {
        case .none: nil
        case .held(let credentials): credentials
        case .failing(let credentials), .refused(let credentials): credentials
        }
    }

    /// True if a new sign-in is needed. A 401 alone does not mean this, because the token may be replaced.
    var isSignedOut: Bool {
        if case .refused = state.token { true } else { false }
    }

    /// True while a call that received a 401 may wait for a new token.
    var isReplacingToken: Bool {
        switch state.attempt {
        case .asking(_, let tries): tries.rounds == 0
        // Without a quick attempt it waits because a new token was refused.
        case .waiting(_, let tries): tries.rounds == 0 && tries.quick > 0
        case .none: false
        }
    }

    func auth(at now: Moment) -> DaemonStatus.Auth.State {
        if state.isSigningIn { return .authorizing }
        if state.prompts.pending != nil { return .prompting }
        if state.isCircuitOpen { return .required }
        if isSignedOut { return .refused }
        if let expiry = credentials?.expiry, expiry <= now.wall { return .expired }
        if state.isTokenRefused { return source.replacesRefusedToken ? .degraded : .refused }
        return switch state.token {
        case .none: state.attempt == .none ? .none : .authorizing
        case .held: .signedIn
        case .failing, .refused: .failing
        }
    }

    /// Why the token is not valid, or why the last request for one failed; nil if all is well.
    func problem(at now: Moment) -> String? {
        switch auth(at: now) {
        case .none, .authorizing, .signedIn, .failing, .prompting, .required: state.lastError
        case .degraded, .refused: state.lastError ?? "Amazon Connect refuses the token"
        case .expired: "the token has expired" + (state.lastError.map { "; \($0)" } ?? "")
        }
    }

    mutating func handle(_ input: Input, at now: Moment) -> [Step] {
        self.now = now
        steps = []
        switch input {
        case .start: if !source.waitsForConfigure { renew() }
        case .configure(let data): configure(data)
        case .begin: scheduleCheck(end)
        case .terminate(let reason): terminate(reason, notesCookies: true)
        case .logOut(let reason): terminate(reason, notesCookies: false)
        case .beginSignIn(let port): beginSignIn(port)
        case .abandonSignIn(let id): if state.prompts.pending?.id == id { promptGivenUp() }
        case .portClosed(let port): if state.prompts.pending?.claimant == port { promptGivenUp() }
        case .promptDue: promptGivenUp()
        case .checkDue: check()
        case .attemptDue: attemptDue()
        case .authorizeEnded(let outcome): authorizeEnded(outcome)
        case .refreshEnded(let result): refreshEnded(result)
        case .unauthorized: unauthorized()
        case .failureTold: state.isFailureTold = true
        case .credentialsDue: lookForCredentials()
        case .credentialsChanged: credentialsChanged()
        case .budgetSpent: state.token = .refused(credentials)
        case .pollSucceeded:
            state.isTokenRefused = false
            state.isTokenProven = true
        case .callSucceeded: state.isTokenProven = true
        }
        defer { steps = [] }
        return steps
    }

    // MARK: Requests

    private var end: Int64? { credentials?.expiry.map { $0 - now.wall } }

    /// - Parameter end: the milliseconds to the token's end; nil if unknown.
    private mutating func scheduleCheck(_ end: Int64?) {
        let interval = timers.scaled(timers.tokenCheckInterval)
        // The token's end is not scaled. It is checked then, because it changes the state.
        let end = end ?? interval
        act(.schedule(.tokenCheck, after: end > 0 ? min(interval, end) : interval))
    }

    private mutating func check() {
        scheduleCheck(end)
        guard !state.isCircuitOpen else { return }
        if let expiry = credentials?.expiry, expiry - now.wall < timers.tokenRefreshWindow { renew() }
    }

    private mutating func renew() {
        switch state.attempt {
        case .asking, .waiting(.authorize, _): return
        case .none, .waiting(.refresh, _): abandonAttempt()
        }
        guard let request = source.request(held: credentials) else {
            return refused(
                "the token is about to expire, and there is neither an authorize endpoint nor a refresh token")
        }
        ask(request, Tries())
    }

    /// Replaces the token at once. If the new ones are refused too, each further request waits longer.
    private mutating func unauthorized() {
        if credentials != nil { state.isTokenRefused = true }
        // Without credentials, the call belonged to a session that was terminated meanwhile.
        guard source.replacesRefusedToken, credentials != nil, state.attempt == .none, !state.isCircuitOpen,
            let request = source.request(held: credentials)
        else { return }
        askAfterRefusal(request, ofToken: true, "Amazon Connect refuses new tokens, too")
    }

    /// Requests a new token because the last one (`ofToken`) or the cookies were refused.
    private mutating func askAfterRefusal(_ request: TokenRequest, ofToken: Bool, _ reason: String) {
        guard let before = state.refusals.count(at: now.uptime, window: timers.scaled(timers.refusalWindow)) else {
            // Other calls succeed with this token, so it is that operation that is refused.
            if ofToken, state.isTokenProven { return }
            return openCircuit(reason)
        }
        if ofToken, before == 0 || state.isTokenProven {
            state.refusals.add(now.uptime)
            return ask(request, Tries())
        }
        let wait = doubled(timers.signedOutRetryInterval, ofToken ? before : before + 1)
        state.refusals.add(now.uptime + timers.scaled(wait))
        self.wait(for: request, Tries(), wait)
    }

    // MARK: The circuit

    private mutating func openCircuit(_ reason: String) {
        state.attempt = .none
        refused(reason)
        act(.publish(EventName.authorizeRetriesExhausted))
        act(.log(.error, "a new sign-in is needed", ["why": reason]))
        awaitCredentials()
        prompt(reason)
    }

    private mutating func awaitCredentials() {
        state.isCircuitOpen = true
        schedule(.credentials, after: timers.credentialCheckInterval)
    }

    private mutating func lookForCredentials() {
        guard state.isCircuitOpen else { return }
        act(.lookForCredentials)
        schedule(.credentials, after: timers.credentialCheckInterval)
    }

    private mutating func credentialsChanged() {
        guard !source.waitsForConfigure, let request = source.request(held: credentials) else { return }
        closeCircuit()
        abandonAttempt()
        act(.log(.info, "there are new cookies", [:]))
        state.isSigningIn = true
        ask(request, Tries())
    }

    private mutating func closeCircuit() {
        state.isCircuitOpen = false
        state.refusals = RefusalBudget()
        act(.unschedule(.credentials))
    }

    // MARK: The prompt

    private mutating func prompt(_ reason: String) {
        guard source.loginURL != nil, state.prompts.open(id: newPromptID(), reason: reason, at: now) else { return }
        schedule(.prompt, after: timers.promptTimeout)
    }

    private mutating func beginSignIn(_ port: PortID) {
        guard source.loginURL != nil else { return }
        let reason = problem(at: now) ?? "there is no sign-in yet"
        state.prompts.claim(by: port, id: newPromptID(), reason: reason)
        // From now on the client decides how long to wait.
        act(.unschedule(.prompt))
    }

    private mutating func promptGivenUp() {
        guard state.prompts.pending != nil else { return }
        act(.unschedule(.prompt))
        act(.log(.info, "the prompt for a sign-in was given up", [:]))
        state.prompts.giveUp(at: now, pause: timers.scaled(timers.promptPause))
    }

    private mutating func closePrompt() {
        if state.prompts.pending != nil { act(.unschedule(.prompt)) }
        state.prompts.close()
    }

    private mutating func newPromptID() -> String { String(random.next(), radix: 36) }

    // MARK: Attempts

    private mutating func attemptDue() {
        if case .waiting(let request, let tries) = state.attempt { ask(request, tries) }
    }

    private mutating func ask(_ request: TokenRequest, _ tries: Tries) {
        state.attempt = .asking(request, tries)
        steps.append(.ask(request))
    }

    private mutating func wait(for request: TokenRequest, _ tries: Tries, _ milliseconds: Int64) {
        state.attempt = .waiting(request, tries)
        schedule(request.timer, after: milliseconds)
    }

    private mutating func abandonAttempt() {
        switch state.attempt {
        case .none: break
        case .asking: steps.append(.cancel)
        case .waiting(let request, _): act(.unschedule(request.timer))
        }
        state.attempt = .none
    }

    // MARK: Results

    private mutating func authorizeEnded(_ outcome: HTTPOutcome) {
        guard case .asking(let request, let tries) = state.attempt else { return }
        switch outcome {
        case .response(let response) where response.isSuccess:
            guard let answer = try? response.json.get(), let token = answer["accessToken"]?.string, !token.isEmpty
            else {
                let reason =
                    WebPage.isOne(response.body)
                    ? WebPage.message : "the authorize endpoint answered without an accessToken: is this the right URL?"
                return roundFailed(request, tries, reason)
            }
            authorized(Secret(token), expiry: Credentials.instant(answer["expiration"]))
        case .response(let response) where source.meansSignedOut(response.status):
            let reason = response.cookieProblem ?? "the sign-in is no longer valid"
            // Without cookies, each further request would be refused too.
            signedOut(
                "the authorize endpoint answered \(response.status): \(reason)",
                isFinal: source.loginURL != nil && response.cookieProblem != nil)
        case .response(let response):
            let isTransient = response.status >= 500 || response.status == 429
            attemptFailed(
                request, tries, "the authorize endpoint answered \(response.status)", isTransient: isTransient)
        case .failure(let reason):
            attemptFailed(request, tries, "the authorize endpoint cannot be reached: \(reason)", isTransient: true)
        }
    }

    private mutating func attemptFailed(_ request: TokenRequest, _ tries: Tries, _ reason: String, isTransient: Bool) {
        guard isTransient, tries.quick + 1 < Self.quickLimit else { return roundFailed(request, tries, reason) }
        if tries == Tries() { act(.log(.warning, "could not authorize", ["why": reason])) }
        failed(reason)
        wait(for: request, Tries(quick: tries.quick + 1, rounds: tries.rounds), timers.authorizeRetryInterval)
    }

    private mutating func roundFailed(_ request: TokenRequest, _ tries: Tries, _ reason: String) {
        let rounds = tries.rounds + 1
        failed(reason)
        act(.log(.warning, "could not authorize", ["why": reason, "round": String(rounds)]))
        let wait = jittered(doubled(timers.tokenRefreshBackoff, rounds))
        guard let limit = source.roundLimit else {
            return self.wait(for: request, Tries(rounds: rounds), min(wait, timers.authorizeRetryLimit))
        }
        if rounds > limit { return state.attempt = .none }
        self.wait(for: request, Tries(rounds: rounds), wait)
    }

    private mutating func signedOut(_ reason: String, isFinal: Bool) {
        state.attempt = .none
        state.isSigningIn = false
        if isFinal { return openCircuit(reason) }
        refused(reason)
        guard let request = source.requestAfterSignOut(held: credentials) else { return }
        switch request {
        case .authorize: askAfterRefusal(request, ofToken: false, reason)
        case .refresh: wait(for: request, Tries(), timers.authorizeRetryInterval)
        }
    }

    private mutating func refreshEnded(_ result: CallResult) {
        guard case .asking = state.attempt else { return }
        state.attempt = .none
        if case .success(let value, _) = result, let token = value["newAuthToken"]?.string, !token.isEmpty {
            return authorized(Secret(token), expiry: Credentials.instant(value["expirationDateTime"]))
        }
        let reason = "getNewAuthToken: \(result.error?.type ?? "the response has no token")"
        // After a transient failure, the next check of the token's expiry tries again.
        result.error?.isTransient == true ? failed(reason) : refused(reason)
    }

    private mutating func authorized(_ token: Secret, expiry: Int64?) {
        let wasTold = isSignedOut || state.isFailureTold
        state.attempt = .none
        guard let credentials = source.credentials(token: token, expiry: expiry, held: credentials) else { return }
        adopt(credentials)
        act(.log(.info, "authorized", ["expires": expiry.map { Timestamp.text(milliseconds: $0) } ?? "-"]))
        if wasTold { act(.publish(EventName.authorizeSuccess)) }
    }

    private mutating func failed(_ reason: String) {
        state.lastError = reason
        if state.isSigningIn, isSignedOut {
            // The refusal was about the old cookies.
            state.isFailureTold = true
            state.token = .failing(credentials)
        }
        state.isSigningIn = false
        if !isSignedOut { state.token = .failing(credentials) }
    }

    /// The session needs a new sign-in. Publishes and logs this only when it is new.
    private mutating func refused(_ reason: String) {
        let isNew = !isSignedOut
        state.token = .refused(credentials)
        state.lastError = reason
        guard isNew else { return }
        act(.publish(EventName.authFail))
        act(.log(.error, "signed out", ["why": reason]))
    }

    // MARK: Credentials

    private mutating func configure(_ data: JSON) {
        guard source.waitsForConfigure, let token = data["authToken"]?.string, !token.isEmpty,
            Secret(token) != seenToken
        else { return }
        seenToken = Secret(token)
        guard let credentials = Credentials(configure: data) else {
            let message =
                "a configure was ignored: it needs authToken, region, endpoint, agentAppEndpoint and authCookieName, "
                + "and every endpoint must be https (or http on loopback)"
            return act(.log(.warning, message))
        }
        // A token requested with the old credentials must not be used with the new ones.
        abandonAttempt()
        adopt(credentials)
    }

    private mutating func adopt(_ new: Credentials) {
        closePrompt()
        let isFirst = credentials == nil
        steps.append(.adopt(isFirst: isFirst))
        // The check that is scheduled may be for the end of an older token.
        let end = new.expiry.map { $0 - now.wall } ?? .max
        if !isFirst, end < timers.scaled(timers.tokenCheckInterval) { scheduleCheck(end) }
        state.token = .held(new)
        state.lastError = nil
        state.isTokenRefused = false
        state.isTokenProven = false
        state.isFailureTold = false
        state.isSigningIn = false
    }

    private mutating func terminate(_ reason: String, notesCookies: Bool) {
        act(.unschedule(.tokenCheck))
        abandonAttempt()
        closePrompt()
        state = State()
        // The session begins again with the next `configure`, or with new cookies.
        guard !source.waitsForConfigure else { return }
        state.lastError = reason
        if notesCookies { act(.noteCredentials) }
        awaitCredentials()
    }

    // MARK: Helpers

    private mutating func act(_ action: SessionAction) { steps.append(.action(action)) }

    private mutating func schedule(_ timer: SessionTimer, after milliseconds: Int64) {
        act(.schedule(timer, after: timers.scaled(milliseconds)))
    }

    /// The wait before attempt `time`, from 1: doubled for each attempt, up to eightfold.
    private func doubled(_ milliseconds: Int64, _ time: Int) -> Int64 { milliseconds << Int64(min(time - 1, 3)) }

    /// Between half and one and a half of a wait, to spread the requests of many daemons.
    private mutating func jittered(_ milliseconds: Int64) -> Int64 {
        Int64((Double(milliseconds) * Double.random(in: 0.5..<1.5, using: &random)).rounded())
    }
}
