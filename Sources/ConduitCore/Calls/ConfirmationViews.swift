// SPDX-License-Identifier: Apache-2.0
import AgentModel

// The properties of agents, contacts and connections that confirmation signs test.

extension AgentState {
    /// Compares by ARN, or by name if one of the two has no ARN.
    func isCalled(_ arn: String?, _ name: String?) -> Bool {
        guard let arn, let own = agentStateARN else { return name != nil && name == self.name }
        return arn == own
    }
}

extension AgentConfiguration {
    /// True if these members have the requested values. To the service, null, "" and an absent member are the same.
    func has(_ asked: JSONObject) -> Bool {
        asked.members.allSatisfy { member in
            let own = json[member.name]
            guard let preferences = member.value.object else { return Self.same(member.value, own) }
            return preferences.members.allSatisfy { Self.same($0.value, own?[$0.name]) }
        }
    }

    private static func same(_ left: JSON, _ right: JSON?) -> Bool { normalized(left) == normalized(right ?? .null) }

    private static func normalized(_ value: JSON) -> JSON { value.string == "" ? .null : value }
}

extension ContactData {
    var isOutbound: Bool { initialConnection?.type == .outbound || json["initiationMethod"]?.string == "outbound" }

    /// All legs but the agent's.
    var others: [ConnectionData] {
        let own = agentConnection
        return connections.filter { $0.type != .agent && $0 != own }
    }

    /// The leg of an agent who listens: it is of the type monitoring, or the agent's only one.
    var listener: ConnectionData? { connections.first { $0.type == .monitoring } ?? agentConnection }

    func hasConnection(besides known: Set<String>) -> Bool {
        connections.contains { !known.contains($0.connectionId ?? "") }
    }

    /// True if the agent is or was in the contact. False for an offer that was missed, rejected or failed.
    func isTaken(rang: Bool) -> Bool {
        if let stateType, [.connected, .paused, .ended].contains(stateType) { return true }
        if rang, stateType == .pending || stateType == .connecting { return true }
        return !isOver && agentConnection?.isUp == true
    }

    /// The state of each leg that is connected or on hold, by connection id: these are the legs that a toggle swaps.
    var statesToToggle: [String: ConnectionStateType] {
        var states: [String: ConnectionStateType] = [:]
        for connection in others {
            guard let id = connection.connectionId, let type = connection.stateType, [.connected, .hold].contains(type)
            else { continue }
            states[id] = type
        }
        return states
    }

    func isToggled(from states: [String: ConnectionStateType]) -> Bool {
        statesToToggle.contains { id, type in states[id].map { $0 != type } ?? false }
    }
}

extension ConnectionData {
    var isOver: Bool { stateType == .disconnected }

    /// True if a participant is on the leg, also on hold or monitoring.
    var isUp: Bool { stateType.map { ![.initial, .connecting, .disconnected].contains($0) } ?? false }

    /// nil if the service does not report it.
    var isMuted: Bool? {
        let flags = [json["mute"]?.bool, json["forcedMute"]?.bool].compactMap { $0 }
        return flags.isEmpty ? nil : flags.contains(true)
    }

    /// The mode in which its agent monitors the contact, in lower case.
    var monitorMode: String? { json["monitorStatus"]?.string?.lowercased() ?? stateType?.rawValue }
}
