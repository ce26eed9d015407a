// SPDX-License-Identifier: Apache-2.0

// What Streams' Connection and VoiceConnection derive from the data of one leg.

extension ConnectionData {
    /// The participant is there or is being called: connecting, connected, on hold, or monitoring.
    public var isActive: Bool { isConnected || stateType == .connecting || stateType == .hold }

    /// Connected, also as a supervisor who listens or takes part.
    public var isConnected: Bool {
        stateType.map { [ConnectionStateType.connected, .silentMonitor, .barge].contains($0) } ?? false
    }

    public var isConnecting: Bool { stateType == .connecting }

    public var isOnHold: Bool { stateType == .hold }

    /// When the state began (RFC 3339).
    public var stateTimestamp: String? { json["state"]?["timestamp"]?.string }

    /// True for a leg of an agent: one that takes part, or monitors.
    public var isAgentSide: Bool { type == .agent || type == .monitoring }

    /// Muted at the service, not in the browser; nil if the service does not report it.
    public var isMute: Bool? { json["mute"]?.bool }

    /// Muted by a supervisor: the agent cannot undo it.
    public var isForcedMute: Bool { json["forcedMute"]?.bool ?? false }

    /// The name of the quick connect that the leg was made with.
    public var quickConnectName: String? { json["quickConnectName"]?.string }

    /// `{callType, autoAccept, mediaLegContextToken, callContextToken, callConfigJson}`; nil without a softphone.
    public var softphoneMediaInfo: JSONObject? { json["softphoneMediaInfo"]?.object }

    /// `{chatAutoAccept, connectionData, customerName}`; nil for legs of other channels.
    public var chatMediaInfo: JSONObject? { json["chatMediaInfo"]?.object }

    /// `{agent: {agentName}, joinTimeStamp}`: the monitored agent, on the leg of the one who monitors.
    public var monitorInfo: JSONObject? { json["monitoringInfo"]?.object }

    /// What the leg may become; empty for a leg that does not monitor.
    public var monitorCapabilities: [MonitoringMode] {
        (json["monitorCapabilities"]?.array ?? []).compactMap { $0.string.map(MonitoringMode.init(rawValue:)) }
    }

    /// What the leg is; nil for a leg that does not monitor.
    public var monitorStatus: MonitoringMode? { MonitoringMode(json["monitorStatus"]) }

    /// Listens, unheard.
    public var isSilentMonitor: Bool { monitorStatus == .silentMonitor }

    /// Takes part as a supervisor.
    public var isBarge: Bool { monitorStatus == .barge }

    public var isSilentMonitorEnabled: Bool { monitorCapabilities.contains(.silentMonitor) }

    public var isBargeEnabled: Bool { monitorCapabilities.contains(.barge) }

    /// What the participant may send, by medium: `{"Video": "SEND", "ScreenShare": "SEND"}`.
    public var capabilities: JSONObject? { json["capabilities"]?.object }

    public var canSendVideo: Bool { capabilities?["Video"] == "SEND" }

    public var canSendScreenShare: Bool { capabilities?["ScreenShare"] == "SEND" }
}
