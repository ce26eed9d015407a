import AgentModel

// What the signs of a confirmation look at.

extension AgentState {
    /// True if this is the state of that ARN; of that name where one of them has no ARN.
    func isCalled(_ arn: String?, _ name: String?) -> Bool {
        guard let arn, let own = agentStateARN else { return name != nil && name == self.name }
        return arn == own
    }
}

extension AgentConfiguration {
    /// True if these members are as they were asked for. Null, "" and nothing at all are the same to the service.
    func has(_ asked: JSONObject) -> Bool {
        asked.members.allSatisfy { member in
            let own = json[member.name]
            guard let preferences = member.value.object else { return Self.same(member.value, own) }
            return preferences.members.allSatisfy { Self.same($0.value, own?[$0.name]) }
        }
    }

    private static func same(_ left: JSON, _ right: JSON?) -> Bool { plain(left) == plain(right ?? .null) }

    private static func plain(_ value: JSON) -> JSON { value.string == "" ? .null : value }
}

extension Contact {
    /// True once the agent has nothing to do in it but clear it.
    var isOver: Bool { stateType.map { !$0.isActive && $0 != .initial } ?? false }

    var isOutbound: Bool { initialConnection?.type == .outbound || json["initiationMethod"]?.string == "outbound" }

    /// The legs that are not the agent's.
    var others: [Connection] { connections.filter { $0.type != .agent } }

    func connection(_ id: String) -> Connection? { connections.first { $0.connectionId == id } }

    func hasConnection(besides known: Set<String>) -> Bool {
        connections.contains { !known.contains($0.connectionId ?? "") }
    }

    /// True once the agent is in it, or was: an offer that was missed, refused or failed was not taken.
    func isTaken(rang: Bool) -> Bool {
        if let stateType, [.connected, .paused, .ended].contains(stateType) { return true }
        if rang, stateType == .pending || stateType == .connecting { return true }
        return !isOver && agentConnection?.isUp == true
    }

    /// The legs that change places: who talks and who is on hold.
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

extension Connection {
    var isOver: Bool { stateType == .disconnected }

    /// True once somebody is on it, also on hold or listening in.
    var isUp: Bool { stateType.map { ![.initial, .connecting, .disconnected].contains($0) } ?? false }

    /// Whether the participant is muted; nil if the service does not say.
    var isMuted: Bool? {
        let flags = [json["mute"]?.bool, json["forcedMute"]?.bool].compactMap { $0 }
        return flags.isEmpty ? nil : flags.contains(true)
    }

    /// How the agent listens in, in small letters.
    var monitorMode: String? { json["monitorStatus"]?.string?.lowercased() ?? stateType?.rawValue }
}
