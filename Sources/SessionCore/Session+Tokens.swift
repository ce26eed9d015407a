import AgentModel
import StreamsProtocol

/// Where the session's token stands, and the attempts at a better one.
struct TokenKeeping: Equatable {
    enum State: Equatable {
        /// There has been none yet.
        case none
        /// There is one, and nothing speaks against it.
        case held
        /// The backend does not accept the session any more.
        case refused
        /// A new one was due, and the backend could not be reached for it.
        case failing
    }

    var state = State.none
    var lastError: String?
    /// True while a request for a token is out or waits for its next attempt.
    var isAsking = false
    /// Attempts of this request that met a 5xx or 429: five in all, shortly one after the other.
    var quickAttempts = 0
    /// Rounds of attempts so far: up to four more, with back-off.
    var rounds = 0
    /// How often in a row a fresh token was refused at once.
    var refusals = 0

    static let quickLimit = 5
    static let roundLimit = 4
}

extension Session {
    /// The look at the token's age.
    mutating func checkToken() {
        schedule(.tokenCheck, after: settings.timers.tokenCheckInterval)
        guard let expiry = credentials?.expiry, expiry - now.wall < settings.timers.tokenRefreshWindow else { return }
        beginAuthorizing()
    }

    mutating func beginAuthorizing() {
        guard !tokens.isAsking else { return }
        guard authorizeEndpoint != nil else { return askNewToken() }
        tokens.isAsking = true
        tokens.rounds = 0
        tokens.quickAttempts = 0
        authorize()
    }

    /// Where nobody said how to authorize, or that was refused, the refresh token brings a new one.
    mutating func askNewToken() {
        guard !tokens.isAsking else { return }
        guard let refresh = credentials?.refreshToken else {
            return refused("the token ends, and there is neither an authorize endpoint nor a refresh token")
        }
        tokens.isAsking = true
        send("getNewAuthToken", ["refreshToken": .string(refresh.reveal())], for: .newToken)
    }

    mutating func newTokenEnded(_ result: CallResult) {
        tokens.isAsking = false
        if case .success(let value, _) = result, let token = value["newAuthToken"]?.string, !token.isEmpty {
            return authorized(Secret(token), expiry: Credentials.instant(value["expirationDateTime"]))
        }
        let reason = "getNewAuthToken: \(result.error?.type ?? "an answer without a token")"
        if let error = result.error, error.isTransient {
            // The next look at the token tries again.
            tokens.lastError = reason
            if tokens.state != .refused { tokens.state = .failing }
        } else {
            refused(reason)
        }
    }

    /// The session needs a new sign-in. Said once.
    private mutating func refused(_ reason: String) {
        let isNew = tokens.state != .refused
        tokens.state = .refused
        tokens.lastError = reason
        guard isNew else { return }
        actions.append(.publish(EventName.authFail))
        actions.append(.log(.error, "signed out", ["why": reason]))
    }

    mutating func authorize() {
        guard let url = authorizeEndpoint else { return }
        tokens.isAsking = true
        begin(
            HTTPCall(
                purpose: "authorize", method: .get, url: url, headers: [("Accept", "application/json")],
                usesCookies: true, timeout: settings.timers.callTimeout), "authorize", for: .authorize)
    }

    private var authorizeEndpoint: String? {
        if case .authorize(let instance) = settings.source { return instance.authorizeEndpoint }
        return credentials?.authorizeEndpoint
    }

    mutating func authorizeEnded(_ outcome: HTTPOutcome) {
        switch outcome {
        case .response(let status, _, let body) where (200..<300).contains(status):
            guard let answer = try? JSON(parsing: body), let token = answer["accessToken"]?.string, !token.isEmpty
            else {
                return authorizeFailed("the authorize endpoint answered without an accessToken: is this the right URL?")
            }
            authorized(Secret(token), expiry: Credentials.instant(answer["expiration"]))
        case .response(let status, _, _) where meansSignedOut(status): signedOut(status)
        case .response(let status, _, _):
            retryAuthorizing("the authorize endpoint answered \(status)", quickly: status >= 500 || status == 429)
        case .failure(let reason):
            retryAuthorizing("the authorize endpoint cannot be reached: \(reason)", quickly: true)
        }
    }

    /// A 401 says that the sign-in is over. With cookies of our own so do a 403, and a redirect, which leads to the
    /// sign-in page: where a browser would go, and where we say that somebody has to go.
    private func meansSignedOut(_ status: Int) -> Bool {
        status == 401 || (isSelfAuthorizing && (status == 403 || (300..<400).contains(status)))
    }

    private mutating func authorized(_ token: Secret, expiry: Int64?) {
        let wasRefused = tokens.state == .refused
        tokens.isAsking = false
        if var credentials {
            credentials.token = token
            credentials.expiry = expiry
            adopt(credentials)
        } else if case .authorize(let instance) = settings.source {
            adopt(Credentials(token: token, expiry: expiry, instance: instance))
        }
        actions.append(.log(.info, "authorized", ["expires": expiry.map { Timestamp.text(milliseconds: $0) } ?? "-"]))
        if wasRefused { actions.append(.publish(EventName.authorizeSuccess)) }
    }

    private mutating func retryAuthorizing(_ reason: String, quickly: Bool) {
        tokens.lastError = reason
        if quickly, tokens.quickAttempts + 1 < TokenKeeping.quickLimit {
            tokens.quickAttempts += 1
            return schedule(.authorize, after: settings.timers.authorizeRetryInterval)
        }
        authorizeFailed(reason)
    }

    /// A round of attempts failed. With cookies of our own there is always a next one; otherwise after four it is left
    /// to the next look at the token.
    private mutating func authorizeFailed(_ reason: String) {
        tokens.lastError = reason
        tokens.quickAttempts = 0
        tokens.rounds += 1
        if tokens.state != .refused { tokens.state = .failing }
        actions.append(.log(.warning, "could not authorize", ["why": reason, "round": String(tokens.rounds)]))
        guard tokens.rounds <= TokenKeeping.roundLimit || isSelfAuthorizing else {
            tokens.isAsking = false
            return
        }
        let doublings = Int64(min(tokens.rounds - 1, 3))
        schedule(.authorize, after: jittered(settings.timers.tokenRefreshBackoff << doublings))
    }

    /// The cookies are no longer good. Said once; with a cookie file of our own it is looked at again from time to time,
    /// because a sign-in elsewhere may have renewed it.
    private mutating func signedOut(_ status: Int) {
        tokens.isAsking = false
        refused("the authorize endpoint answered \(status): the sign-in is no longer valid")
        guard isSelfAuthorizing else {
            // The daemon has no cookies here, so this was to be expected; the refresh token may still help.
            if credentials?.refreshToken != nil {
                schedule(.newToken, after: settings.timers.authorizeRetryInterval)
            }
            return
        }
        tokens.isAsking = true
        tokens.rounds += 1
        schedule(.authorize, after: settings.timers.signedOutRetryInterval << Int64(min(tokens.rounds - 1, 3)))
    }

    /// A call met a 401. Tells the ports, and where the daemon has cookies of its own asks for a better token at once
    /// (later and later while fresh tokens are refused too).
    mutating func authorizationRefused(event: SessionAction?, isNew: Bool = true) {
        if isNew, let event { actions.append(event) }
        guard isSelfAuthorizing, !isTerminated, !tokens.isAsking else { return }
        tokens.isAsking = true
        tokens.rounds = 0
        tokens.quickAttempts = 0
        tokens.refusals += 1
        if tokens.refusals == 1 { return authorize() }
        schedule(.authorize, after: jittered(settings.timers.tokenRefreshBackoff << Int64(min(tokens.refusals - 2, 3))))
    }

    var isSelfAuthorizing: Bool {
        if case .authorize = settings.source { return true }
        return false
    }

    /// From half to one and a half of a wait, so that many daemons do not knock in step.
    mutating func jittered(_ milliseconds: Int64) -> Int64 {
        Int64((Double(milliseconds) * Double.random(in: 0.5..<1.5, using: &random)).rounded())
    }
}
