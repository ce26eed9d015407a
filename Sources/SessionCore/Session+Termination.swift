import AgentModel
import StreamsProtocol

extension Session {
    /// A client's `terminate`: what was logged goes up, everybody is told, and the session ends upstream. The daemon then
    /// waits for a token that differs from the last one.
    mutating func terminate() {
        if credentials != nil, !logs.isUploading { uploadLogs() }
        actions.append(.publish(EventName.terminated))
        guard credentials != nil, !isTerminated else { return }
        isTerminated = true
        isPolling = false
        run(tokens.handle(.terminate, at: now))
        cancelCalls { $0.isPolling }
        endSyncs(SessionAbsence.terminated.error(hint: Self.statusHint))
        for timer in [SessionTimer.polling, .configuration, .activeRegion] { actions.append(.unschedule(timer)) }
        snapshots = SnapshotPolling()
        configurations = ConfigurationPolling()
        recovery = DisasterRecovery()
        run(webSockets.handle(.stop, at: now))
        link = SessionStatus.Link(state: .idle, since: now.wall)
        actions.append(.forgetAgent)
        actions.append(.log(.info, "the session was terminated"))
        if settings.endsWhenTerminated { actions.append(.end) }
    }

    /// The poll that was due finds no client to call, and says so as the real worker's does.
    mutating func pollNothing() {
        actions.append(
            ApiMetric(refused: CTIOperation.getAgentSnapshot.rawValue, error: [:]).action)
    }

    /// A token after `terminate`: requests are served at once; polling and the websocket begin when the poller of the
    /// real worker would have recovered.
    mutating func revive() {
        isTerminated = false
        schedule(.revival, after: settings.timers.snapshotRecovery)
    }
}

extension PendingCall {
    /// True for calls that the session makes for itself and that end with it.
    fileprivate var isPolling: Bool {
        switch purpose {
        case .service(_, let purpose):
            switch purpose {
            case .snapshot, .sync, .configuration, .transport, .newToken, .discovery: true
            case .client, .logs: false
            }
        case .plain(_, let purpose):
            switch purpose {
            case .authorize, .activeRegion: true
            case .client, .proxy: false
            }
        }
    }
}
