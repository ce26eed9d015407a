// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Session {
    /// A client's `terminate`: uploads the collected logs, publishes `terminated` and ends the session upstream. The daemon
    /// then waits for a token that differs from the last one.
    mutating func terminate() {
        if credentials != nil, !logs.isUploading { uploadLogs() }
        actions.append(.publish(EventName.terminated))
        guard credentials != nil, !isTerminated else { return }
        isTerminated = true
        isPolling = false
        if isLogoutPending { endLogout(ProtocolError(.conflict, "the session was terminated by a client")) }
        run(tokens.handle(.terminate("the session was terminated by a client"), at: now))
        cancelCalls { $0.isPolling }
        let absence = SessionAbsence.terminated(tokens.source.kind)
        endSyncs(absence.error(hint: Self.statusHint))
        endRequests(absence.error(hint: absence.hint))
        abandonClears(.terminated(method: CTIOperation.clearContact.rawValue))
        for timer in [SessionTimer.polling, .configuration, .activeRegion] { actions.append(.unschedule(timer)) }
        snapshots = SnapshotPolling()
        configurations = ConfigurationPolling()
        recovery = DisasterRecovery()
        run(webSockets.handle(.stop, at: now))
        resetLink()
        actions.append(.forgetAgent)
        actions.append(.log(.info, "the session was terminated"))
        if settings.endsWhenTerminated { actions.append(.end) }
    }

    /// The snapshot poll that was due when the session was terminated. It only publishes the `api_metric` that the real
    /// worker publishes when its service client is gone.
    mutating func pollWithoutClient() {
        actions.append(
            ApiMetric(refused: CTIOperation.getAgentSnapshot.rawValue, error: [:]).action)
    }

    /// Called for the first token after `terminate`. Requests are served at once. Polling and the websocket start after
    /// `snapshotRecovery`, when the real worker's poller would have recovered.
    mutating func scheduleRestart() {
        isTerminated = false
        schedule(.restart, after: settings.timers.snapshotRecovery)
    }
}

extension PendingCall {
    /// True for calls that the session makes for itself; `terminate` cancels them.
    fileprivate var isPolling: Bool {
        switch purpose {
        case .service(_, let purpose):
            switch purpose {
            case .snapshot, .sync, .configuration, .transport, .newToken, .discovery, .probe: true
            case .client, .quickConnects, .settings, .logs, .offline: false
            }
        case .plain(_, let purpose):
            switch purpose {
            case .authorize, .activeRegion: true
            case .client, .proxy, .logout: false
            }
        }
    }
}
