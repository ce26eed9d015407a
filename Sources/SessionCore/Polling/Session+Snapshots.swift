import AgentModel
import StreamsProtocol

/// The long poll of the agent's snapshot.
struct SnapshotPolling: Equatable {
    var nextToken: JSON?
    var snapshot: AgentSnapshot?
    /// When the last snapshot came, in milliseconds since 1970.
    var asOf: Int64?
    var isAsking = false
    /// When a snapshot was taken that a sync brought while the poll under way was out: an older one that this poll still
    /// brings would lead back in time. Later polls are asked after that snapshot, whatever the service's clock says.
    var floor: Int64?
    /// True after the retry budget is spent: until there is a new token.
    var isStanding = false
}

/// What a getAgentSnapshot that succeeded says.
struct SnapshotAnswer {
    let snapshot: JSONObject
    let nextToken: JSON?
    /// The length of its text.
    let bytes: Int

    init(_ result: CallResult) throws(ServiceError) {
        guard case .success(let value, let bytes) = result, let snapshot = value["snapshot"]?.object else {
            throw result.error ?? ServiceError(type: "UnknownError", message: "an answer without a snapshot")
        }
        self.snapshot = snapshot
        nextToken = value["nextToken"].flatMap { $0.string == nil ? nil : $0 }
        self.bytes = bytes
    }

    /// When the service took it, in milliseconds since 1970.
    var taken: Int64? { snapshot["snapshotTimestamp"]?.string.flatMap(Timestamp.milliseconds) }

    /// True if it is known to be older than that instant.
    func isOlder(than floor: Int64?) -> Bool {
        guard let taken, let floor else { return false }
        return taken < floor
    }
}

extension Session {
    mutating func pollSnapshot() {
        guard !snapshots.isAsking, !snapshots.isStanding, credentials != nil else { return }
        snapshots.isAsking = true
        snapshots.floor = nil
        link.nextRetry = nil
        var params = JSONObject()
        params["nextToken"] = snapshots.nextToken
        params["timeout"] = .int(Int(settings.timers.snapshotTimeout))
        send(.getAgentSnapshot, .object(params), for: .snapshot)
    }

    mutating func snapshotEnded(_ result: CallResult) {
        snapshots.isAsking = false
        do throws(ServiceError) {
            let answer = try SnapshotAnswer(result)
            reached()
            snapshots.nextToken = answer.nextToken
            if answer.isOlder(than: snapshots.floor) {
                actions.append(.log(.debug, "the long poll's snapshot is older than the one of a sync: not shown"))
            } else {
                if syncs.isAsking { syncs.floor = answer.taken }
                show(answer)
            }
            schedule(.snapshot, after: settings.timers.snapshotInterval)
        } catch {
            snapshotFailed(error)
        }
    }

    /// Takes a snapshot for the newest.
    mutating func show(_ answer: SnapshotAnswer) {
        snapshots.asOf = now.wall
        snapshots.snapshot = AgentSnapshot(json: decorated(answer))
        publishAgent()
    }

    private mutating func snapshotFailed(_ error: ServiceError) {
        let reason = error.words(about: .getAgentSnapshot)
        if link.state != .down {
            link = SessionStatus.Link(state: .down, since: now.wall)
            actions.append(.log(.warning, "the link to the service is down", ["why": reason]))
        }
        link.lastError = reason
        link.failures += 1
        guard !stands(after: error) else {
            snapshots.isStanding = true
            return
        }
        link.nextRetry = now.wall + scaled(settings.timers.snapshotRecovery)
        schedule(.snapshot, after: settings.timers.snapshotRecovery)
    }

    /// What a polled call's failure means for its poller: true if it has to stand still until there is a new token.
    mutating func stands(after error: ServiceError) -> Bool {
        switch error.kind {
        case .ordinary: return false
        case .unauthorized:
            let isExhausted = error.retryStatus == .exhausted
            authorizationRefused(event: isExhausted ? .publish(EventName.ctiAuthorizeRetriesExhausted) : nil)
            if isExhausted { run(tokens.handle(.budgetSpent, at: now)) }
            return isExhausted
        case .accessDenied:
            guard error.retryStatus == .exhausted else { return false }
            actions.append(.publish(EventName.accessDenied))
            return true
        }
    }

    /// A polled call succeeded: the service is there and the token is good.
    mutating func reached() {
        run(tokens.handle(.reached, at: now))
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
    private func decorated(_ answer: SnapshotAnswer) -> JSONObject {
        var object = answer.snapshot
        if object["contacts"] == nil { object["contacts"] = [] }
        object["localTimestamp"] = .int(Int(now.wall))
        if let taken = answer.taken { object["skew"] = .int(Int(taken - now.wall)) }
        object["contentLength"] = .int(answer.bytes)
        return object
    }

    mutating func publishAgent() {
        guard let snapshot = snapshots.snapshot, let configuration = configurations.configuration else { return }
        if recovery.isSuppressed, recovery.isForcedOffline { actions.append(.publish(EventName.forceOffline)) }
        actions.append(.publishAgent(Agent(snapshot: shown(snapshot), configuration: configuration)))
    }
}
