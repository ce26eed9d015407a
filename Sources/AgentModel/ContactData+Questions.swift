// SPDX-License-Identifier: Apache-2.0

// What Streams' Contact derives from the data of one contact.

extension ContactData {
    /// When the state began (RFC 3339).
    public var stateTimestamp: String? { json["state"]?["timestamp"]?.string }

    /// Nothing is left for the agent but to clear the contact: ended, missed, rejected or failed.
    public var isOver: Bool { stateType.map { !$0.isActive && $0 != .initial } ?? false }

    public var isConnected: Bool { stateType == .connected }

    /// It rings at the agent: incoming, or connecting while the agent's own leg is neither connected nor on hold. In a call that
    /// the agent makes, that leg is connected first.
    public var isOffered: Bool {
        let isIn = agentConnection.map { $0.isConnected || $0.isOnHold } ?? false
        return stateType == .incoming || stateType == .connecting && !isIn
    }

    public func connection(_ id: String) -> ConnectionData? { connections.first { $0.connectionId == id } }

    /// A telephone call. A campaign's preview is one, too.
    public var isVoice: Bool { type == .voice || type == .queueCallback }

    public var activeConnections: [ConnectionData] { connections.filter(\.isActive) }

    /// The leg that the contact began with, if its participant is still there.
    public var activeInitialConnection: ConnectionData? { initialConnection.flatMap { $0.isActive ? $0 : nil } }

    /// The legs that the agent added; also those of supervisors.
    public var thirdPartyConnections: [ConnectionData] { connections.filter { !$0.isInitial && $0.type != .agent } }

    /// The first third party who is still there.
    public var singleActiveThirdPartyConnection: ConnectionData? { thirdPartyConnections.first(where: \.isActive) }

    /// Exactly two participants are there, of any kind.
    public var hasTwoActiveParticipants: Bool { activeConnections.count == 2 }

    /// A call with media in the agent's browser, and not at a desk phone.
    public var isSoftphoneCall: Bool { isVoice && connections.contains { $0.softphoneMediaInfo != nil } }

    /// How the contact came to be: `inbound`, `outbound`, `transfer`, `callback`, `campaign_preview`….
    public var initiationMethod: String? { json["initiationMethod"]?.string }

    /// The customer began it. Tasks, e-mails and previews count as inbound unless they were made as outbound.
    public var isInbound: Bool {
        if type == .task || type == .email || isCampaignPreview { return initiationMethod != "outbound" }
        return initialConnection?.type == .inbound
    }

    /// A campaign's preview: the agent sees the customer's data before the call is made. It stays one after the call was made.
    public var isCampaignPreview: Bool { initiationMethod == "campaign_preview" }

    /// A callback for which the customer is called first.
    public var isCustomerFirstCallback: Bool { initiationMethod == "callback_customer_first_dialed" }

    /// Several third parties may be added.
    public var isMultiPartyConferenceEnabled: Bool {
        contactFeatures?["multiPartyConferenceEnabled"]?.bool ?? false
    }

    /// A supervisor takes part.
    public var isUnderSupervision: Bool { connections.contains { $0.type != .agent && $0.isActive && $0.isBarge } }

    /// The contact is accepted without the agent, as far as the service says so: Streams' rule, in which the setting of the
    /// contact comes before that of the agent's softphone.
    public var isAutoAcceptEnabled: Bool {
        if let own = json["agentContactHandlingConfig"]?.object { return own["autoAccept"]?.bool ?? false }
        return type == .voice && agentConnection?.softphoneMediaInfo?["autoAccept"]?.bool ?? false
    }

    /// A key of the segment attributes, such as `connect:Subtype`.
    public func segmentAttribute(_ key: String) -> String? {
        segmentAttributes?[key]?["ValueString"]?.string
    }

    /// `connect:Telephony`, `connect:WebRTC`, `connect:SMS`….
    public var subtype: String? { segmentAttribute("connect:Subtype") }

    public var hasVideoRTCCapabilities: Bool { connections.contains(where: \.canSendVideo) }

    public var canAgentSendVideo: Bool { agentConnection?.canSendVideo ?? false }

    /// The customer can send video; with a third party, the agent's own capability counts.
    public var canAgentReceiveVideo: Bool {
        initialConnection?.canSendVideo == true || !thirdPartyConnections.isEmpty && canAgentSendVideo
    }

    public var hasScreenShareCapability: Bool { connections.contains(where: \.canSendScreenShare) }

    public var canAgentSendScreenShare: Bool { agentConnection?.canSendScreenShare ?? false }

    public var canCustomerSendScreenShare: Bool { initialConnection?.canSendScreenShare ?? false }

    /// The leg that `toggleActiveConnections` names, as Streams chooses it: the first on hold, else the first active one.
    public var connectionToToggle: ConnectionData? { connections.first(where: \.isOnHold) ?? activeConnections.first }
}
