// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The long poll of the agent's snapshot.
struct SnapshotPolling: Equatable {
    var nextToken: JSON?
    var snapshot: SnapshotData?
    /// When the last snapshot arrived, in milliseconds since 1970.
    var asOf: Int64?
    var isAsking = false
    /// When the attempt under way was sent, on the clock of `Moment.uptime`; nil if none is, or if it waits for a retry.
    var sent: Int64?
    /// The timestamp of the last snapshot that a sync returned during the current poll. An older snapshot from this poll is
    /// ignored, because the agent would go back in time. Reset when a poll is sent: its snapshot is newer than the sync's,
    /// even if the service's clock was set back.
    var floor: Int64?
    /// True from the moment the retry budget is spent until there is a new token.
    var isSuspended = false
}

/// The content of a successful getAgentSnapshot.
struct SnapshotAnswer {
    let snapshot: JSONObject
    let nextToken: JSON?
    /// The length of the response's body.
    let bytes: Int

    init(_ result: CallResult) throws(ServiceError) {
        guard case .success(let value, let bytes) = result, let snapshot = value["snapshot"]?.object else {
            throw result.error ?? ServiceError(type: "UnknownError", message: "the response has no snapshot")
        }
        if let fault = AnswerSize.fault(bytes: bytes, limit: Self.byteLimit, names: Self.names(in: value)) {
            throw fault
        }
        self.snapshot = snapshot
        nextToken = value["nextToken"].flatMap { $0.string == nil ? nil : $0 }
        self.bytes = bytes
    }

    private static let byteLimit = 16 << 20

    private static func names(in answer: JSON) -> [JSON?] {
        let snapshot = answer["snapshot"]
        let contacts = snapshot?["contacts"]?.array ?? []
        return [snapshot?["state"]?["name"], snapshot?["nextState"]?["name"]]
            + contacts.flatMap { [$0["contactId"], $0["queue"]?["name"], $0["type"]] }
    }

    /// When the service took the snapshot, in milliseconds since 1970; nil if it has no timestamp.
    var taken: Int64? { snapshot["snapshotTimestamp"]?.string.flatMap(Timestamp.milliseconds) }

    /// False if either timestamp is unknown.
    func isOlder(than floor: Int64?) -> Bool {
        guard let taken, let floor else { return false }
        return taken < floor
    }
}

extension Session {
    mutating func pollSnapshot() {
        guard !snapshots.isAsking, !snapshots.isSuspended, credentials != nil else { return }
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
            pollSucceeded()
            snapshots.nextToken = answer.nextToken
            if answer.isOlder(than: snapshots.floor) {
                actions.append(.log(.debug, "ignored a snapshot of the long poll that is older than the last sync's"))
            } else {
                if syncs.isAsking { syncs.floor = answer.taken }
                apply(answer)
            }
            schedule(.snapshot, after: settings.timers.snapshotInterval)
        } catch {
            snapshotFailed(error)
        }
    }

    /// Makes a snapshot the current one and publishes the agent.
    mutating func apply(_ answer: SnapshotAnswer) {
        snapshots.asOf = now.wall
        snapshots.snapshot = SnapshotData(json: decorated(answer))
        publishAgent()
        settleEndings()
        logOutIfFree()
    }

    private mutating func snapshotFailed(_ error: ServiceError) {
        if link.state != .down {
            link = SessionStatus.Link(state: .down, since: now.wall)
            let reason = error.summary(of: .getAgentSnapshot)
            actions.append(.log(.warning, "the link to the service is down", ["why": reason]))
        }
        link.failure = error
        link.failures += 1
        guard !suspendsPolling(after: error) else {
            snapshots.isSuspended = true
            return
        }
        let pause = pauses.remaining(CTIOperation.getAgentSnapshot.wireName, at: now) ?? 0
        let wait = max(scaled(settings.timers.snapshotRecovery), pause)
        link.nextRetry = now.wall + wait
        actions.append(.schedule(.snapshot, after: wait))
    }

    /// Publishes what a polled call's failure means. Returns true if its poller must wait for a new token.
    mutating func suspendsPolling(after error: ServiceError) -> Bool {
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

    /// A polled call succeeded, so the service is reachable and the token is valid.
    mutating func pollSucceeded() {
        // A long poll may have been made with the token before.
        if endingToken == nil || endingToken == credentials?.token { run(tokens.handle(.pollSucceeded, at: now)) }
        linkAnswered()
        if link.state == .idle { link = SessionStatus.Link(state: .up, since: now.wall) }
    }

    mutating func resumePollers() {
        let snapshotWasSuspended = snapshots.isSuspended
        let configurationWasSuspended = configurations.isSuspended
        snapshots.isSuspended = false
        configurations.isSuspended = false
        if snapshotWasSuspended || link.state == .down {
            actions.append(.unschedule(.snapshot))
            pollSnapshot()
        }
        if configurationWasSuspended { beginConfigurationRound() }
    }

    /// The snapshot with the members that the real worker adds: its arrival time, the skew between the clocks and the
    /// length of the response.
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
        actions.append(.publishAgent(AgentData(snapshot: visible(snapshot), configuration: configuration)))
    }
}
