// SPDX-License-Identifier: Apache-2.0
import AgentModel
public import StreamsProtocol

/// The logout: sets the agent offline, ends the session at the service, and forgets everything about it. A failure before
/// the session ends leaves the session as it was, except that the agent may be offline. A forced logout goes on all the same,
/// and one that waits for the last contact waits again.
extension Session {
    var isLogoutPending: Bool { logout.map { !$0.isUnderWay } ?? false }

    /// The error for a sign-in during a logout: its cookies would be logged out and forgotten. Nil if there is no logout.
    public var loggingOut: ProtocolError? {
        guard logout?.isUnderWay == true else { return nil }
        return ProtocolError(
            .conflict, "the session is being logged out", hint: "repeat the request in a moment", retryable: true)
    }

    mutating func logOut(_ ticket: ReplyTicket, _ moment: LogoutMoment) {
        if moment == .never { return withdrawLogout(ticket) }
        if logout?.isUnderWay == true { return join(ticket, moment) }
        let contacts = knownContacts
        if moment == .idle, let error = refusal(for: contacts) { return reply(ticket, error) }
        if moment == .free, !contacts.isEmpty, !canCall {
            let hint = "partyline logout --now   logs out all the same"
            return reply(
                ticket,
                ProtocolError(
                    .notAuthenticated, "the session is signed out, so the end of the agent's contacts cannot be seen",
                    hint: hint))
        }
        let before = logout?.asked ?? []
        cancelCalls { $0.isForLogout }
        lastLogout += 1
        logout = Logout(number: lastLogout, stage: contacts.isEmpty || moment != .free ? .goingOffline : .enqueuing)
        logout?.isForced = moment == .now
        logout?.isForFree = moment == .free
        logout?.asked = before + [Logout.Asked(ticket: ticket, moment: moment)]
        schedule(.logout, after: settings.timers.callTimeout)
        goOffline()
    }

    private mutating func join(_ ticket: ReplyTicket, _ moment: LogoutMoment) {
        logout?.asked.append(Logout.Asked(ticket: ticket, moment: moment))
        if moment == .free { logout?.isForFree = true }
        guard moment == .now else { return }
        logout?.isForced = true
        if logout?.stage == .checking { leave() }
    }

    private mutating func withdrawLogout(_ ticket: ReplyTicket) {
        guard let logout else {
            return reply(ticket, ProtocolError(.conflict, "no logout is pending", hint: Self.statusHint))
        }
        guard !logout.isUnderWay else {
            return reply(ticket, ProtocolError(.conflict, "the logout is under way already", hint: Self.statusHint))
        }
        endLogout(ProtocolError(.conflict, "the logout was withdrawn"))
        reply(ticket, ["state": "withdrawn"])
    }

    /// A snapshot arrived.
    mutating func logOutIfFree() {
        guard logout?.stage == .waiting, knownContacts.isEmpty, canCall else { return }
        logout?.stage = .goingOffline
        schedule(.logout, after: settings.timers.callTimeout)
        goOffline()
    }

    // MARK: The agent goes offline

    private var canCall: Bool { credentials != nil && !tokens.isSignedOut && !tokens.state.isCircuitOpen }

    private mutating func goOffline() {
        guard canCall else {
            if credentials != nil { warn("the agent was not set offline: the session is signed out") }
            return leave()
        }
        guard let configuration = configurations.configuration else {
            // Before the first snapshot there is no agent who could get a contact.
            if snapshots.snapshot == nil, logout?.isForced == true { return leave() }
            return failed(
                ProtocolError(
                    .notReady, "the session was not logged out: the agent's states have not arrived yet",
                    hint: Self.statusHint, retryable: true))
        }
        guard let state = configuration.agentStates.first(where: { $0.type == .offline }) else {
            return failed(unavailable("the agent's configuration has no state of the type offline"))
        }
        let isBusy = !knownContacts.isEmpty
        // Also if the agent is offline already: a client may be changing that at this moment.
        send(.putAgentState, ["state": .object(state.json), "enqueueNextState": .bool(isBusy)], for: .offline)
    }

    mutating func offlineEnded(_ result: CallResult) {
        guard let stage = logout?.stage, stage == .enqueuing || stage == .goingOffline else { return }
        if let error = result.error {
            return failed(unavailable("the agent cannot be set offline: \(error.summary(of: .putAgentState))"))
        }
        stage == .enqueuing ? waitForContacts() : check()
    }

    private func unavailable(_ reason: String) -> ProtocolError {
        ProtocolError(
            .unavailable, "the session was not logged out: \(reason)",
            hint: "partyline logout --now   logs out all the same", retryable: true)
    }

    private mutating func waitForContacts() {
        logout?.stage = .waiting
        actions.append(.unschedule(.logout))
        actions.append(.log(.info, "the session is logged out when the last contact has gone"))
        replyWaiting()
        logOutIfFree()
    }

    private mutating func replyWaiting() {
        let ids = knownContacts.compactMap(\.contactId).map { JSON.string($0) }
        for asked in logout?.asked ?? [] { reply(asked.ticket, ["state": "waiting", "contacts": .array(ids)]) }
        logout?.asked = []
    }

    // MARK: Is there a contact?

    private mutating func check() {
        guard let logout, !logout.isForced else { return leave() }
        self.logout?.stage = .checking
        sync(.logout(logout.number))
    }

    /// The snapshot that was taken after the agent was offline has arrived, or cannot be had.
    mutating func contactsChecked(_ number: Int, _ error: ProtocolError?) {
        guard let logout, logout.number == number, logout.stage == .checking else { return }
        if let error { return failed(unavailable("\(error.message); the agent is offline now")) }
        if let error = refusal(for: knownContacts) { return failed(error) }
        guard snapshots.snapshot?.state?.type == .offline else {
            return failed(unavailable("another program has changed the agent's state meanwhile"))
        }
        leave()
    }

    private var knownContacts: [ContactData] { snapshots.snapshot?.contacts ?? [] }

    /// Nil if there are no contacts.
    private func refusal(for contacts: [ContactData]) -> ProtocolError? {
        guard !contacts.isEmpty else { return nil }
        let names = contacts.prefix(3).map { contact in
            let kind = contact.type?.rawValue ?? "contact"
            return "\(kind) \(contact.contactId ?? "?") (\(contact.stateType?.rawValue ?? "unknown"))"
        }
        let list = names.joined(separator: ", ") + (contacts.count > 3 ? ", …" : "")
        return ProtocolError(
            .conflict, "the agent still has a contact: \(list)",
            hint: "partyline logout --when-free   waits for its end; --now leaves it to the service", retryable: true)
    }

    // MARK: The session ends

    private mutating func leave() {
        guard canCall, !logs.isUploading, logs.hasEntries else { return sayGoodbye() }
        logout?.stage = .uploading
        schedule(.logout, after: settings.timers.callTimeout)
        uploadLogs()
    }

    /// The upload has ended, if it was for the logout.
    mutating func logsUploadedForLogout() { if logout?.stage == .uploading { sayGoodbye() } }

    private mutating func sayGoodbye() {
        logout?.stage = .leaving
        actions.append(.unschedule(.logout))
        guard let url = tokens.source.logoutEndpoint else { return forgetSession() }
        begin(
            HTTPCall(
                purpose: "logout", method: .get, url: url, usesCookies: true, timeout: settings.timers.callTimeout),
            "logout", for: .logout)
    }

    mutating func logoutCallEnded(_ outcome: HTTPOutcome) {
        guard logout?.stage == .leaving else { return }
        let doubt = "Amazon Connect did not confirm the logout, so its session may go on until its cookies expire"
        switch outcome {
        case .failure(let reason): warn("\(doubt): \(reason)")
        case .response(let response):
            // A refusal of the cookies means that their session has ended.
            let isEnded = response.isSuccess || (300..<400).contains(response.status)
            if let problem = response.cookieProblem {
                warn("\(doubt): \(problem)")
            } else if !isEnded, response.status != 401, response.status != 403 {
                warn("\(doubt): the answer was \(response.status)")
            }
        }
        forgetSession()
    }

    private mutating func forgetSession() {
        // Without a sign-in since the last logout there is nothing to tell.
        let isNew = !isLoggedOut || credentials != nil
        logout?.stage = .forgetting
        let reason = "logged out by a client"
        let absence = SessionAbsence.signedOut(tokens.source.kind, reason)
        abandonCalls(.service(.loggedOut))
        abandonClears(.noSession(absence))
        endSyncs(absence.error(hint: absence.hint))
        endRequests(absence.error(hint: absence.hint))
        for timer in [SessionTimer.polling, .snapshot, .configuration, .activeRegion, .restart] {
            actions.append(.unschedule(timer))
        }
        run(webSockets.handle(.forget, at: now))
        (isPolling, isTerminated, startsOver, isLoggedOut) = (false, false, false, true)
        (snapshots, configurations, recovery) = (SnapshotPolling(), ConfigurationPolling(), DisasterRecovery())
        (logs, budget, pauses) = (ClientLogs(), RetryBudget(), ServicePauses())
        resetLink()
        run(tokens.handle(.logOut(reason), at: now))
        if isNew { actions.append(.endSession) }
        actions.append(.forgetCredentials)
        actions.append(.log(.info, "the session was logged out"))
    }

    /// - Parameter problem: why cookies stay on the disk; nil if none do.
    mutating func credentialsForgotten(_ problem: String?) {
        guard logout?.stage == .forgetting else { return }
        if let problem { warn(problem) }
        let warnings = (logout?.warnings ?? []).map { JSON.string($0) }
        for asked in logout?.asked ?? [] {
            reply(asked.ticket, ["state": "logged_out", "warnings": .array(warnings)])
        }
        logout = nil
    }

    // MARK: Failures

    /// The service has not answered in time, or a logout that waits tries again.
    mutating func logoutTimedOut() {
        guard let logout else { return }
        switch logout.stage {
        case .waiting: retryWaiting()
        case .uploading: sayGoodbye()
        case .enqueuing, .goingOffline, .checking:
            cancelCalls { $0.isForLogout }
            let reason =
                logout.stage == .checking
                ? "no snapshot has come; the agent is offline now" : "the agent was not set offline in time"
            failed(
                ProtocolError(
                    .timeout, "the session was not logged out: \(reason)",
                    hint: "partyline logout --now   logs out all the same", retryable: true))
        case .leaving, .forgetting: break
        }
    }

    private mutating func failed(_ error: ProtocolError) {
        guard let logout else { return }
        if logout.isForced {
            warn(error.message.replacingPrefix("the session was not logged out: ", by: ""))
            return leave()
        }
        guard logout.isForFree, logout.stage != .enqueuing || logout.asked.isEmpty else { return endLogout(error) }
        waitAgain(error)
    }

    /// Programs that asked for an end at once get the error; the others are told that it waits.
    private mutating func waitAgain(_ error: ProtocolError) {
        let asked = logout?.asked ?? []
        for asked in asked where asked.moment != .free { reply(asked.ticket, error) }
        logout?.asked = asked.filter { $0.moment == .free }
        logout?.stage = .waiting
        replyWaiting()
        actions.append(.log(.warning, "the logout waits again", ["why": error.message]))
        schedule(.logout, after: settings.timers.callTimeout)
    }

    private mutating func retryWaiting() {
        guard canCall else { return schedule(.logout, after: settings.timers.callTimeout) }
        let stage: Logout.Stage = knownContacts.isEmpty ? .goingOffline : .enqueuing
        logout?.stage = stage
        schedule(.logout, after: settings.timers.callTimeout)
        goOffline()
    }

    /// Withdraws a logout that waits, or ends one that failed. The session goes on.
    mutating func endLogout(_ error: ProtocolError) {
        guard let logout else { return }
        cancelCalls { $0.isForLogout }
        actions.append(.unschedule(.logout))
        if !logout.isUnderWay { actions.append(.log(.info, "the pending logout has ended", ["why": error.message])) }
        self.logout = nil
        for asked in logout.asked { reply(asked.ticket, error) }
    }

    private mutating func warn(_ text: String) {
        logout?.warnings.append(text)
        actions.append(.log(.warning, text))
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, by other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}

extension PendingCall {
    /// True for the calls before the session ends.
    fileprivate var isForLogout: Bool {
        switch purpose {
        case .service(_, .offline): true
        case .service, .plain: false
        }
    }
}
