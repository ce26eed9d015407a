// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Carries out the steps of `TokenMachine` and passes token-related results to it.
extension Session {
    var credentials: Credentials? { tokens.credentials }

    /// What the service must not be quoted with.
    var secrets: KnownSecrets { KnownSecrets([credentials?.token, credentials?.refreshToken]) }

    /// The same, with the token that the call was made with.
    func secrets(of call: PendingCall) -> KnownSecrets {
        KnownSecrets([call.bearer, credentials?.token, credentials?.refreshToken])
    }

    func auth(at now: Moment) -> DaemonStatus.Auth {
        let state = tokens.auth(at: now)
        return DaemonStatus.Auth(
            state: state, since: toldAuth.flatMap { $0.state == state ? $0.since : nil } ?? now.wall,
            expiresAt: credentials?.expiry, lastError: tokens.problem(at: now),
            prompt: state == .prompting ? prompt : nil,
            endsWhenFree: isLogoutPending)
    }

    /// A prompt stays while cookies are tried: they may be refused.
    private var prompt: DaemonStatus.Auth.Prompt? {
        tokens.state.prompts.pending.map {
            .init(id: $0.id, reason: $0.reason, url: tokens.source.loginURL, isShown: $0.claimant != nil)
        }
    }

    // MARK: Signing in

    /// A person wants to sign in with this client's help. The reply has the prompt, and says whether the prompt is this
    /// client's: `{prompt, isYours, isFirst, authorizeUrl}`.
    ///
    /// - Parameter isFirst: true if the daemon has no cookies of a former sign-in.
    mutating func beginSignIn(_ ticket: ReplyTicket, isFirst: Bool) {
        guard tokens.source.loginURL != nil else { return reply(ticket, tokens.source.kind.refusesCookies) }
        if let loggingOut { return reply(ticket, loggingOut) }
        switch tokens.auth(at: now) {
        case .signedIn, .degraded:
            let hint = "partyline logout   ends the sign-in"
            return reply(ticket, ProtocolError(.conflict, "the daemon is signed in already", hint: hint))
        case .none, .authorizing, .failing, .expired, .refused, .prompting, .required: break
        }
        run(tokens.handle(.beginSignIn(ticket.port), at: now))
        guard let pending = tokens.state.prompts.pending, let prompt, let url = tokens.source.authorizeURL else {
            return reply(ticket, tokens.source.kind.refusesCookies)
        }
        reply(
            ticket,
            [
                "prompt": prompt.json, "isYours": .bool(pending.claimant == ticket.port),
                "isFirst": .bool(isFirst), "authorizeUrl": .string(url),
            ])
    }

    mutating func abandonSignIn(_ ticket: ReplyTicket, id: String) {
        guard tokens.source.loginURL != nil else { return reply(ticket, tokens.source.kind.refusesCookies) }
        run(tokens.handle(.abandonSignIn(id), at: now))
        reply(ticket, [:])
    }

    mutating func reply(_ ticket: ReplyTicket, _ data: JSON) { actions.append(.reply(ticket, .success(data))) }

    mutating func reply(_ ticket: ReplyTicket, _ error: ProtocolError) {
        actions.append(.reply(ticket, .failure(error)))
    }

    /// Tells a change of the sign-in.
    mutating func noteAuth() {
        let auth = auth(at: now)
        guard auth != toldAuth else { return }
        toldAuth = auth
        actions.append(.auth(auth))
    }

    mutating func run(_ steps: [TokenMachine.Step]) {
        defer { settleHeldCalls() }
        for step in steps {
            switch step {
            case .ask(.authorize(let url)): authorize(url)
            case .ask(.refresh(let token)):
                send(.getNewAuthToken, ["refreshToken": .string(token.reveal())], for: .newToken)
            case .cancel: cancelCalls { $0.isRenewal }
            case .adopt(let isFirst): adopt(isFirst: isFirst)
            case .action(let action): actions.append(action)
            }
        }
    }

    private mutating func authorize(_ url: String) {
        let request = HTTPCall(
            purpose: "authorize", method: .get, url: url, headers: [("Accept", "application/json")], usesCookies: true,
            timeout: settings.timers.callTimeout)
        begin(request, "authorize", for: .authorize)
    }

    /// Starts the session with the first token. A later token resumes pollers that are suspended or wait after a failure.
    private mutating func adopt(isFirst: Bool) {
        isLoggedOut = false
        // Those of another sign-in may be about another agent.
        if !startsOver { repeatHeldCalls() }
        if isTerminated {
            scheduleRestart()
        } else if isFirst {
            begin()
        } else if startsOver {
            startOver()
        } else {
            resumePollers()
        }
        startsOver = false
    }

    /// Nothing of the former sign-in goes on: it may be another person's.
    private mutating func startOver() {
        cancelCalls { call in
            switch call.purpose {
            case .service(_, .snapshot), .service(_, .configuration), .service(_, .transport), .service(_, .sync): true
            case .service, .plain: false
            }
        }
        for timer in [SessionTimer.polling, .snapshot, .configuration] { actions.append(.unschedule(timer)) }
        (snapshots, configurations) = (SnapshotPolling(), ConfigurationPolling())
        isPolling = false
        let error = ProtocolError(
            .unavailable, "there is another sign-in", hint: "repeat the request", retryable: true)
        endSyncs(error)
        endRequests(error)
        abandonClears(.noSession(.starting))
        for id in heldCalls { deliverRefusal(of: id) }
        run(webSockets.handle(.stop, at: now))
        begin()
    }

    mutating func authorizeEnded(_ outcome: HTTPOutcome) { run(tokens.handle(.authorizeEnded(outcome), at: now)) }

    mutating func newTokenEnded(_ result: CallResult) { run(tokens.handle(.refreshEnded(result), at: now)) }

    /// A call received a 401. The event is published if the failure is new, and the token source may replace the token.
    mutating func authorizationRefused(event: SessionAction?, isNew: Bool = true) {
        let isOfOldToken = endingToken != nil && endingToken != credentials?.token
        // There is a newer token already, so nothing is wrong. With `configure`, every 401 is told, as in Streams.
        if isNew, let event, !(isOfOldToken && tokens.source.replacesRefusedToken) {
            actions.append(event)
            if case .publish(EventName.authFail, _) = event { run(tokens.handle(.failureTold, at: now)) }
        }
        if isOfOldToken { return }
        run(tokens.handle(.unauthorized, at: now))
    }
}
