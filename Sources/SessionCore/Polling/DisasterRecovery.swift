import AgentModel
import StreamsProtocol

/// Where an agent of two regions stands: which one is active, and what of this one is still shown.
struct DisasterRecovery: Equatable {
    /// Only contacts that are connected or ended are shown.
    var isSuppressed = false
    /// A client said `force_offline`: while contacts are suppressed, every update is preceded by it.
    var isForcedOffline = false
    /// The ports have been told that the other region is active.
    var hasToldOtherRegion = false
    /// The other region is active, and this one's contacts are waited for.
    var isFailingOverSoftly = false
    /// The question which region is active.
    var polling: Polling?

    struct Polling: Equatable {
        let instanceArn: String
        let otherArn: String
        var url: Secret?
        /// True until the first answer.
        var isFirst = true
        /// True until the answer to a client that has just asked.
        var isForClient = true
        var isAsking = false
        /// True while the URL is the second one in a row, because the first was refused.
        var hasRenewedURL = false
    }
}

extension Session {
    // MARK: What clients say

    /// `disasterRecovery::suppress {suppress, shouldSendFailoverDownstream?}`.
    mutating func suppress(_ data: JSON) {
        let isOn = data["suppress"]?.isTruthy ?? false
        recovery.isSuppressed = isOn
        if !isOn {
            recovery.isForcedOffline = false
            recovery.hasToldOtherRegion = false
            recovery.isFailingOverSoftly = false
        }
        if data["shouldSendFailoverDownstream"] != .bool(false) {
            actions.append(.publish(EventName.failover, ["isPrimary": .bool(!isOn)]))
        }
    }

    /// `disasterRecovery::force_offline {offline, nextActiveArn}`: passed on the first time.
    mutating func forceOffline(_ data: JSON) {
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
            actions.append(.log(.warning, "there is no URL to ask for the active region: contacts are suppressed"))
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
        case .response(let code, _, let body):
            status = code
            answer = (try? JSON(parsing: body)) ?? .null
        case .failure: status = 0
        }
        let isGood = (200..<300).contains(status) && answer["InstanceArn"]?.string != nil
        actions.append(
            ApiMetric(
                name: call.name, milliseconds: now.uptime - call.started.uptime, error: isGood ? nil : [:],
                status: status == 0 ? 200 : status, retryStatus: .none
            ).action)
        if status == 401 || status == 403, var polling = recovery.polling {
            // A new URL at once; if that one is refused too, another with the next question.
            polling.url = nil
            polling.hasRenewedURL.toggle()
            recovery.polling = polling
            if polling.hasRenewedURL { return askActiveRegion() }
        }
        if isGood { takeActiveRegion(answer) }
        scheduleActiveRegion()
    }

    private mutating func takeActiveRegion(_ answer: JSON) {
        guard var polling = recovery.polling, let active = answer["InstanceArn"]?.string else { return }
        let isFirst = polling.isFirst
        let isForClient = polling.isForClient
        polling.isFirst = false
        polling.isForClient = false
        polling.hasRenewedURL = false
        recovery.polling = polling
        if active == polling.instanceArn || (isForClient && recovery.isFailingOverSoftly) {
            // A client that starts is told where it stands: here, as long as contacts of here are waited for.
            if isForClient {
                actions.append(.publish(EventName.failover, ["nextActiveArn": .string(polling.instanceArn)]))
            }
        } else if active == polling.otherArn, !recovery.hasToldOtherRegion {
            let isSoft = !isFirst && !(answer["TerminateActiveContacts"]?.isTruthy ?? false)
            recovery.isSuppressed = true
            recovery.hasToldOtherRegion = true
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

    // MARK: What of the agent is shown

    /// The contacts of a region that is not the active one are hidden until they are somebody's business.
    func shown(_ snapshot: AgentSnapshot) -> AgentSnapshot {
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
