// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The logout: sets the agent offline, ends the session at the service, and forgets everything about it. Until the last step
/// begins, a failure leaves the session as it was, except for a forced logout.
extension Session {
    var isLogoutPending: Bool { logout.map { !$0.isUnderWay } ?? false }

    mutating func logOut(_ ticket: ReplyTicket, _ moment: LogoutMoment) {
        if logout?.isUnderWay == true {
            if moment == .now { logout?.isForced = true }
            logout?.tickets.append(ticket)
            return
        }
        let contacts = knownContacts
        switch moment {
        case .never: withdrawLogout(ticket)
        case .idle:
            if let error = refusal(for: contacts) { return reply(ticket, error) }
            beginLogout(Logout(stage: .goingOffline, tickets: [ticket]))
        case .now: beginLogout(Logout(stage: .goingOffline, isForced: true, tickets: [ticket]))
        case .free where contacts.isEmpty: beginLogout(Logout(stage: .goingOffline, tickets: [ticket]))
        case .free: beginLogout(Logout(stage: .enqueuing, tickets: [ticket]))
        }
    }

    private mutating func withdrawLogout(_ ticket: ReplyTicket) {
        guard logout != nil else {
            return reply(ticket, ProtocolError(.conflict, "no logout is pending", hint: Self.statusHint))
        }
        abandonLogout(ProtocolError(.conflict, "the logout was withdrawn"))
        reply(ticket, ["state": "withdrawn"])
    }

    private mutating func beginLogout(_ new: Logout) {
        let waiting = logout?.tickets ?? []
        cancelCalls { $0.isForLogout }
        logout = new
        logout?.tickets += waiting
        schedule(.logout, after: settings.timers.callTimeout)
        goOffline()
    }

    /// A snapshot arrived.
    mutating func logOutIfFree() {
        guard logout?.stage == .waiting, knownContacts.isEmpty else { return }
        logout?.stage = .goingOffline
        schedule(.logout, after: settings.timers.callTimeout)
        goOffline()
    }

    // MARK: The agent goes offline

    private mutating func goOffline() {
        guard let credentials, !tokens.isSignedOut, !tokens.state.isCircuitOpen else {
            if credentials != nil { warn("the agent was not set offline: the session is signed out") }
            return leave()
        }
        if !knownContacts.isEmpty || snapshots.snapshot?.state?.type != .offline {
            return setOffline(credentials)
        }
        checkForContacts()
    }

    private mutating func setOffline(_ credentials: Credentials) {
        let states = configurations.configuration?.agentStates ?? []
        guard let state = states.first(where: { $0.type == .offline }) else {
            return offlineFailed("the agent's configuration has no state of the type offline")
        }
        let isBusy = !knownContacts.isEmpty
        send(
            .putAgentState, ["state": .object(state.json), "enqueueNextState": .bool(isBusy)], for: .offline)
    }

    mutating func offlineEnded(_ result: CallResult) {
        guard let stage = logout?.stage, stage == .enqueuing || stage == .goingOffline else { return }
        if let error = result.error {
            return offlineFailed("the agent cannot be set offline: \(error.summary(of: .putAgentState))")
        }
        guard stage == .enqueuing else { return checkForContacts() }
        waitForContacts()
    }

    private mutating func offlineFailed(_ reason: String) {
        guard logout?.isForced == true else {
            let hint = "partyline logout --now   logs out all the same"
            return abandonLogout(ProtocolError(.unavailable, reason, hint: hint, retryable: true))
        }
        warn(reason)
        leave()
    }

    private mutating func waitForContacts() {
        logout?.stage = .waiting
        actions.append(.unschedule(.logout))
        let ids = knownContacts.compactMap(\.contactId)
        actions.append(.log(.info, "the session is logged out when the last contact has gone"))
        settle(["state": "waiting", "contacts": .array(ids.map { .string($0) })])
        logOutIfFree()
    }

    // MARK: Is there a contact?

    private mutating func checkForContacts() {
        guard logout?.isForced == false else { return leave() }
        logout?.stage = .checking
        sync(.logout)
    }

    /// The snapshot that was taken after the agent was offline has arrived, or cannot be had.
    mutating func contactsChecked(_ error: ProtocolError?) {
        guard let logout, logout.stage == .checking else { return }
        if logout.isForced { return leave() }
        if let error = error ?? refusal(for: knownContacts) { return abandonLogout(error) }
        leave()
    }

    private var knownContacts: [Contact] { snapshots.snapshot?.contacts ?? [] }

    /// Nil if there are no contacts.
    private func refusal(for contacts: [Contact]) -> ProtocolError? {
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
        logout?.stage = .leaving
        actions.append(.unschedule(.logout))
        if credentials != nil, !tokens.isSignedOut, !logs.isUploading { uploadLogs() }
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
            // Without cookies there is nothing to end, and a refusal of the cookies means that it has ended.
            let isEnded = response.isSuccess || (300..<400).contains(response.status)
            let hadNone = response.cookieProblem != nil || response.status == 401 || response.status == 403
            if !isEnded, !hadNone { warn("\(doubt): the answer was \(response.status)") }
        }
        forgetSession()
    }

    private mutating func forgetSession() {
        logout?.stage = .forgetting
        let reason = "logged out by a client"
        let absence = SessionAbsence.signedOut(tokens.source.kind, reason)
        abandonCalls(.noSession(absence))
        endSyncs(absence.error(hint: absence.hint))
        for timer in [SessionTimer.polling, .snapshot, .configuration, .activeRegion, .restart] {
            actions.append(.unschedule(timer))
        }
        run(webSockets.handle(.stop, at: now))
        (isPolling, isTerminated, startsOver) = (false, false, false)
        (snapshots, configurations, recovery) = (SnapshotPolling(), ConfigurationPolling(), DisasterRecovery())
        (logs, budget) = (ClientLogs(), RetryBudget())
        link = SessionStatus.Link(state: .idle, since: now.wall)
        run(tokens.handle(.terminate(reason), at: now))
        actions.append(.endSession)
        actions.append(.forgetCredentials)
        actions.append(.log(.info, "the session was logged out"))
    }

    mutating func credentialsForgotten() {
        guard let logout, logout.stage == .forgetting else { return }
        settle(["state": "logged_out", "warnings": .array(logout.warnings.map { .string($0) })])
        self.logout = nil
    }

    // MARK: Failures

    /// The service has not answered in time.
    mutating func logoutTimedOut() {
        guard let logout, logout.stage != .waiting else { return }
        cancelCalls { $0.isForLogout }
        guard logout.isForced else {
            return abandonLogout(
                ProtocolError(
                    .timeout, "Amazon Connect did not answer, so the session was not logged out",
                    hint: "partyline logout --now   logs out all the same", retryable: true))
        }
        warn("the agent was not set offline: Amazon Connect did not answer")
        leave()
    }

    /// Withdraws a logout that can be withdrawn, or that failed. The session goes on.
    mutating func abandonLogout(_ error: ProtocolError) {
        guard let logout else { return }
        cancelCalls { $0.isForLogout }
        actions.append(.unschedule(.logout))
        self.logout = nil
        for ticket in logout.tickets { reply(ticket, error) }
    }

    private mutating func warn(_ text: String) {
        logout?.warnings.append(text)
        actions.append(.log(.warning, text))
    }

    /// Replies to every client that asked for the logout.
    private mutating func settle(_ data: JSON) {
        for ticket in logout?.tickets ?? [] { reply(ticket, data) }
        logout?.tickets = []
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
