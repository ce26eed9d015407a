// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The state of an agent with two regions: which region is active, and whether this region's contacts are suppressed.
struct DisasterRecovery: Equatable {
    /// Only contacts that are connected or ended are shown.
    var isSuppressed = false
    /// A client sent `force_offline`. While contacts are suppressed, `force_offline` is published before every update.
    var isForcedOffline = false
    /// The failover to the other region was published.
    var hasReportedFailover = false
    /// The other region is active, but this region's active contacts may still end normally.
    var isFailingOverSoftly = false
    /// The poll for the active region; nil until a client sends `init_dr_polling`.
    var polling: Polling?

    struct Polling: Equatable {
        let instanceArn: String
        let otherArn: String
        var url: Secret?
        /// True until the first response.
        var isFirst = true
        /// True if a client sent `init_dr_polling` since the last response. The active region is then published even if it
        /// did not change.
        var isForClient = true
        var isAsking = false
        /// True if the current URL replaced a refused one and has not had a successful response yet.
        var hasRenewedURL = false
    }
}

extension Session {
    // MARK: Clients' events

    /// `disasterRecovery::suppress {suppress, shouldSendFailoverDownstream?}`.
    mutating func suppress(_ data: JSON) {
        let isOn = data["suppress"]?.isTruthy ?? false
        recovery.isSuppressed = isOn
        if !isOn {
            recovery.isForcedOffline = false
            recovery.hasReportedFailover = false
            recovery.isFailingOverSoftly = false
        }
        if data["shouldSendFailoverDownstream"] != .bool(false) {
            actions.append(.publish(EventName.failover, ["isPrimary": .bool(!isOn)]))
        }
    }

    /// `disasterRecovery::force_offline {offline, nextActiveArn}`: only the first one is published. One with
    /// `offline: false` is not; after it the next one is published again.
    mutating func forceOffline(_ data: JSON) {
        if data["offline"] == .bool(false) { return recovery.isForcedOffline = false }
        guard !recovery.isForcedOffline else { return }
        recovery.isForcedOffline = true
        var object = JSONObject([("isPrimary", false)])
        object["nextActiveArn"] = data["nextActiveArn"]
        actions.append(.publish(EventName.failover, .object(object)))
    }

    /// `disasterRecovery::init_dr_polling {instanceArn, otherArn}`.
    mutating func beginActiveRegionPolling(_ data: JSON) {
        guard let instance = data["instanceArn"]?.string, let other = data["otherArn"]?.string, credentials != nil
        else { return }
        if var polling = recovery.polling, polling.instanceArn == instance, polling.otherArn == other {
            polling.isForClient = true
            recovery.polling = polling
        } else {
            recovery.polling = DisasterRecovery.Polling(instanceArn: instance, otherArn: other)
        }
        askActiveRegion()
    }

    // MARK: The poll

    mutating func askActiveRegion() {
        guard var polling = recovery.polling, !polling.isAsking, credentials != nil else { return }
        polling.isAsking = true
        recovery.polling = polling
        guard let url = polling.url else {
            return send(.createTransport, ["transportType": "agent_discovery"], for: .discovery)
        }
        begin(
            HTTPCall(
                purpose: "active region", method: .get, url: url.reveal(),
                timeout: scaled(settings.timers.activeRegionTimeout)), Self.activeRegionMetric, for: .activeRegion)
    }

    mutating func discoveryEnded(_ result: CallResult) {
        recovery.polling?.isAsking = false
        guard case .success(let value, _) = result,
            let url = value["agentDiscoveryTransport"]?["presignedUrl"]?.string, !url.isEmpty
        else {
            actions.append(.log(.warning, "no URL for the active-region check: contacts are suppressed"))
            recovery.isSuppressed = true
            return scheduleActiveRegion()
        }
        recovery.polling?.url = Secret(url)
        askActiveRegion()
    }

    mutating func activeRegionEnded(_ call: PendingCall, _ outcome: HTTPOutcome) {
        recovery.polling?.isAsking = false
        let status: Int
        var answer: JSON = .null
        switch outcome {
        case .response(let response):
            status = response.status
            answer = (try? response.json.get()) ?? .null
        case .failure: status = 0
        }
        let isComplete = answer["InstanceArn"]?.string != nil && answer["TerminateActiveContacts"]?.bool != nil
        let isGood = (200..<300).contains(status) && isComplete
        actions.append(
            ApiMetric(
                name: call.name, milliseconds: now.uptime - call.started.uptime, error: isGood ? nil : [:],
                status: status == 0 ? 200 : status, retryStatus: .none
            ).action)
        if status == 401 || status == 403, var polling = recovery.polling {
            // Renew the URL at once. If the new one is refused too, renew it only with the next check.
            polling.url = nil
            polling.hasRenewedURL.toggle()
            recovery.polling = polling
            if polling.hasRenewedURL { return askActiveRegion() }
        }
        if isGood { activeRegionReceived(answer) }
        scheduleActiveRegion()
    }

    private mutating func activeRegionReceived(_ answer: JSON) {
        guard var polling = recovery.polling, let active = answer["InstanceArn"]?.string else { return }
        let isFirst = polling.isFirst
        let isForClient = polling.isForClient
        polling.isFirst = false
        polling.isForClient = false
        polling.hasRenewedURL = false
        recovery.polling = polling
        if active == polling.instanceArn || (isForClient && recovery.isFailingOverSoftly) {
            // A client that has just started polling needs to know the current region. During a soft failover this is still
            // the current one.
            if isForClient {
                actions.append(.publish(EventName.failover, ["nextActiveArn": .string(polling.instanceArn)]))
            }
        } else if active == polling.otherArn, !recovery.hasReportedFailover {
            let isSoft = !isFirst && !(answer["TerminateActiveContacts"]?.isTruthy ?? false)
            recovery.isSuppressed = true
            recovery.hasReportedFailover = true
            recovery.isFailingOverSoftly = isSoft
            actions.append(
                .publish(
                    EventName.forceOffline,
                    ["softFailover": .bool(isSoft), "nextActiveArn": .string(polling.otherArn)]))
        }
    }

    private mutating func scheduleActiveRegion() {
        schedule(.activeRegion, after: settings.timers.activeRegionInterval)
    }

    private static let activeRegionMetric = "LADS.GetAgentFailoverConfiguration"

    // MARK: Suppressed contacts

    /// The snapshot to publish. While contacts are suppressed, it contains only those that are connected or ended.
    func visible(_ snapshot: SnapshotData) -> SnapshotData {
        guard recovery.isSuppressed else { return snapshot }
        var snapshot = snapshot
        let contacts = (snapshot.json["contacts"]?.array ?? []).filter { contact in
            let state = contact["state"]?["type"]?.string
            return state == ContactStateType.connected.rawValue || state == ContactStateType.ended.rawValue
        }
        snapshot.json["contacts"] = .array(contacts)
        return snapshot
    }
}
