import AgentModel
import StreamsProtocol

/// The long poll of the agent's snapshot.
struct SnapshotPolling: Equatable {
    var nextToken: JSON?
    var snapshot: AgentSnapshot?
    /// When the last snapshot came, in milliseconds since 1970.
    var asOf: Int64?
    var isAsking = false
    /// True after the retry budget is spent: until there is a new token.
    var isStanding = false
}

extension Session {
    mutating func pollSnapshot() {
        guard !snapshots.isAsking, !snapshots.isStanding, credentials != nil else { return }
        snapshots.isAsking = true
        var params = JSONObject()
        params["nextToken"] = snapshots.nextToken
        params["timeout"] = .int(Int(settings.timers.snapshotTimeout))
        send("getAgentSnapshot", .object(params), for: .snapshot)
    }

    mutating func snapshotEnded(_ result: CallResult) {
        snapshots.isAsking = false
        guard case .success(let value, let bytes) = result, let object = value["snapshot"]?.object else {
            let error = result.error ?? ServiceError(type: "UnknownError", message: "an answer without a snapshot")
            return snapshotFailed(error)
        }
        reached()
        snapshots.nextToken = value["nextToken"].flatMap { $0.string == nil ? nil : $0 }
        snapshots.asOf = now.wall
        snapshots.snapshot = AgentSnapshot(json: decorated(object, bytes: bytes))
        publishAgent()
        schedule(.snapshot, after: settings.timers.snapshotInterval)
    }

    private mutating func snapshotFailed(_ error: ServiceError) {
        let reason = "getAgentSnapshot: \(error.type)" + (error.message.map { ": \($0)" } ?? "")
        if link.state != .down {
            link = SessionStatus.Link(state: .down, since: now.wall)
            actions.append(.log(.warning, "the link to the service is down", ["why": reason]))
        }
        link.lastError = reason
        guard !stands(after: error) else {
            snapshots.isStanding = true
            return
        }
        schedule(.snapshot, after: settings.timers.snapshotRecovery)
    }

    /// What a polled call's failure means for its poller: true if it has to stand still until there is a new token.
    mutating func stands(after error: ServiceError) -> Bool {
        switch error.kind {
        case .ordinary: return false
        case .unauthorized:
            let isExhausted = error.retryStatus == .exhausted
            authorizationRefused(event: isExhausted ? .publish(EventName.ctiAuthorizeRetriesExhausted) : nil)
            if isExhausted { tokens.state = .refused }
            return isExhausted
        case .accessDenied:
            guard error.retryStatus == .exhausted else { return false }
            actions.append(.publish(EventName.accessDenied))
            return true
        }
    }

    /// A polled call succeeded: the service is there and the token is good.
    mutating func reached() {
        tokens.refusals = 0
        guard link.state != .up else { return }
        if link.state == .down {
            let duration = Double(now.wall - link.since) / 1000
            actions.append(.log(.info, "the link to the service is up again", ["after": "\(duration) s"]))
        }
        link = SessionStatus.Link(state: .up, since: now.wall)
    }

    mutating func wakePollers() {
        let snapshotStood = snapshots.isStanding
        let configurationStood = configurations.isStanding
        snapshots.isStanding = false
        configurations.isStanding = false
        if snapshotStood || link.state == .down {
            actions.append(.unschedule(.snapshot))
            pollSnapshot()
        }
        if configurationStood { beginConfigurationRound() }
    }

    /// What the worker adds to a snapshot: when it came, how far the clocks are apart, how long the answer was.
    private func decorated(_ object: JSONObject, bytes: Int) -> JSONObject {
        var object = object
        if object["contacts"] == nil { object["contacts"] = [] }
        object["localTimestamp"] = .int(Int(now.wall))
        if let taken = object["snapshotTimestamp"]?.string.flatMap(Timestamp.milliseconds) {
            object["skew"] = .int(Int(taken - now.wall))
        }
        object["contentLength"] = .int(bytes)
        return object
    }

    mutating func publishAgent() {
        guard let snapshot = snapshots.snapshot, let configuration = configurations.configuration else { return }
        if recovery.isSuppressed, recovery.isForcedOffline { actions.append(.publish(EventName.forceOffline)) }
        actions.append(.publishAgent(Agent(snapshot: shown(snapshot), configuration: configuration)))
    }
}
