// SPDX-License-Identifier: Apache-2.0

/// The JSON that the CTI service sends.
extension SimulatedInstance {
    var snapshot: JSON {
        [
            "state": agent.visible.json,
            "nextState": agent.next?.json ?? .null,
            "agentAvailabilityState": [
                "state": .string(agent.chosen.name), "timeStamp": .timestamp(agent.chosenSince),
            ],
            "contacts": .array(contacts.map { $0.json(in: self) }),
            "snapshotTimestamp": .timestamp(wallClock),
        ]
    }

    var configuration: JSON {
        [
            "name": .string(settings.agentName),
            "username": .string(settings.username),
            "softphoneEnabled": .bool(agent.softphoneEnabled),
            "softphoneAutoAccept": .bool(agent.softphoneAutoAccept),
            "extension": .string(agent.deskPhone),
            "routingProfile": [
                "name": .string(settings.routingProfileName),
                "routingProfileARN": .string(settings.routingProfileARN),
                "defaultOutboundQueue": settings.queues.first?.json ?? .null,
                "channelConcurrencyMap": .object(settings.concurrency.mapValues(JSON.int)),
            ],
            "agentPreferences": .object(agent.preferences.mapValues(JSON.string)),
            "voiceEnhancementMode": .string(settings.voiceEnhancementMode),
            "agentARN": .string(settings.agentARN),
        ]
    }
}

extension AgentState {
    func json(since: Double? = nil) -> JSON {
        [
            "agentStateARN": .optional(arn), "type": .string(kind.rawValue), "name": .string(name),
            "startTimestamp": since.map(JSON.timestamp) ?? .null,
        ]
    }
}

extension StampedAgentState {
    var json: JSON { state.json(since: since) }
}

extension Queue {
    var json: JSON { ["queueARN": .string(arn), "name": .string(name)] }
}

extension Endpoint {
    var json: JSON {
        [
            "endpointARN": .optional(arn), "type": .string(emailAddress == nil ? kind.rawValue : "email_address"),
            "name": .optional(name), "emailAddress": .optional(emailAddress),
            "phoneNumber": .optional(phoneNumber), "agentLogin": .optional(agentLogin),
            "queue": queue?.json ?? .null,
        ]
    }
}

extension Contact {
    func json(in instance: SimulatedInstance) -> JSON {
        [
            "contactId": .string(id),
            "initialContactId": .optional(initialContactId),
            "relatedContactId": .optional(relatedContactId),
            "contactAssociationId": .string(id),
            "type": .string(kind.rawValue),
            "state": ["type": .string(state.rawValue), "timestamp": .timestamp(since)],
            "queue": isListening ? .null : queue?.json ?? .null,
            "queueTimestamp": .timestamp(queuedAt),
            "connections": .array(connections.filter { !$0.isHidden }.map { $0.json(in: self) }),
            "attributes": isListening ? .null : attributesJSON,
            "contactDuration": .string(String(Int(max(0, instance.wallClock - queuedAt) * 1000))),
            "name": .optional(name),
            "description": .optional(details),
            "references": references ?? .null,
            "initiationMethod": .string(initiationMethod),
            "contactFeatures": [
                "attachmentsEnabled": .bool(kind == .chat), "messagingMarkdownEnabled": .bool(kind == .chat),
                "multiPartyConferenceEnabled": .bool(instance.settings.maximumThirdParties > 1),
            ],
            "channelContext": channelContext,
            "segmentAttributes": [
                "connect:Subtype": ["ValueString": .string(subtype)],
                // Also a callback and a preview: the service calls the customer.
                "connect:Direction": [
                    "ValueString": customerConnection?.kind == .outbound ? "OUTBOUND" : "INBOUND"
                ],
            ],
            "agentContactHandlingConfig": autoAccept.map { ["autoAccept": .bool($0)] } ?? .null,
            "customerEndpoint": customerConnection?.endpoint?.json ?? .null,
            "connectSystemEndpoint": emailAddress == nil ? .null : Self.ourAddress,
            "emailRecipients": emailAddress.map { address in
                [
                    "toList": [["address": Self.ourAddress["emailAddress"] ?? .null]], "ccList": [],
                    "fromRecipient": [
                        "address": .string(address), "displayName": .optional(customerConnection?.endpoint?.name),
                    ],
                ]
            } ?? .null,
        ]
    }

    private var attributesJSON: JSON {
        .object(
            Dictionary(uniqueKeysWithValues: attributes.map { ($0, ["name": .string($0), "value": .string($1)]) }))
    }

    private var channelContext: JSON {
        guard scheduledTime != nil || template != nil else { return .null }
        return [
            "scheduledTime": scheduledTime.map(JSON.int) ?? .null, "taskTemplateId": .optional(template?.id),
            "taskTemplateVersion": template.map { .int($0.version) } ?? .null,
        ]
    }

    var capabilities: JSON {
        hasVideo ? ["Video": "SEND", "ScreenShare": "SEND"] : ["ScreenShare": "SEND"]
    }

    /// The sender's address, if this is an e-mail.
    private var emailAddress: String? { kind == .email ? customerConnection?.endpoint?.emailAddress : nil }

    private static let ourAddress: JSON = ["type": "email_address", "emailAddress": "support@example.com"]

    private var initiationMethod: String {
        if isPreview { return "campaign_preview" }
        return switch kind {
        case .queueCallback: "callback"
        case .task: "api"
        case .voice, .chat, .email: isOutbound ? "outbound" : "inbound"
        }
    }

    private var subtype: String {
        switch kind {
        case .voice, .queueCallback: isWebRTC ? "connect:WebRTC" : "connect:Telephony"
        case .chat: "connect:Chat"
        case .task: "connect:Task"
        case .email: "connect:Email"
        }
    }
}

extension Connection {
    func json(in contact: Contact) -> JSON {
        var members: [String: JSON] = [
            "connectionId": .string(id),
            "endpoint": endpoint?.json ?? .null,
            "state": ["type": .string(stateType), "timestamp": .timestamp(since)],
            "type": .string(kind.rawValue),
            "initial": .bool(isInitial),
            "softphoneMediaInfo": nil,
            "chatMediaInfo": nil,
            "monitoringInfo": monitoringInfo(contact),
            "mute": .bool(isMuted),
            "forcedMute": .bool(isForcedMute),
            "quickConnectName": .optional(quickConnectName),
        ]
        // Absent where they do not apply.
        if let monitorStatus {
            members["monitorStatus"] = .string(monitorStatus.rawValue)
            members["monitorCapabilities"] = ["SILENT_MONITOR", "BARGE"]
        }
        if contact.isWebRTC, isOwn || isInitial { members["capabilities"] = contact.capabilities }
        switch media {
        case .softphone(let autoAccept):
            members["softphoneMediaInfo"] = [
                "callType": "audio_only", "autoAccept": .bool(autoAccept),
                "mediaLegContextToken": .string("media-\(id)"), "callContextToken": .string("call-\(contact.id)"),
                "callConfigJson": #"{"iceServers":[],"protocol":"wss"}"#,
            ]
        case .chat(let autoAccept, let customerName):
            members["chatMediaInfo"] = [
                "chatAutoAccept": .bool(autoAccept),
                "connectionData": .string(#"{"ConnectionAuthenticationToken":"chat-\#(id)"}"#),
                "customerName": .optional(customerName),
            ]
        case nil: break
        }
        return .object(members)
    }

    /// A supervisor's connection has states of its own in place of `connected`.
    private var stateType: String {
        guard let monitorStatus, state == .connected else { return state.rawValue }
        return monitorStatus.rawValue.lowercased()
    }

    /// On the supervisor's own connection: the agent that is listened to.
    private func monitoringInfo(_ contact: Contact) -> JSON {
        guard isOwn, monitorStatus != nil else { return .null }
        let agent = contact.connections.first { $0.kind == .agent }
        return [
            "agent": ["agentName": .optional(agent?.endpoint?.name)],
            "joinTimeStamp": contact.acceptedAt.map(JSON.timestamp) ?? .null,
        ]
    }
}
