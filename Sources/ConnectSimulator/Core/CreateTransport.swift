// SPDX-License-Identifier: Apache-2.0

/// createTransport: URLs and tokens for the websocket, for media and for agent discovery.
extension SimulatedInstance {
    mutating func createTransport(_ input: JSON) throws(ServiceFault) -> JSON {
        switch input["transportType"]?.string {
        case "web_socket": return webSocketTransport()
        case "chat_token": return chatTokenTransport(for: try participant(input, .chat))
        case "softphone": return softphoneTransport()
        case "web_rtc": return webRTCTransport(for: try participant(input, .voice))
        case "agent_discovery":
            let signature = credentials.issueSignature(at: now)
            let query = "X-Amz-Expires=\(Int(Credentials.signatureSeconds))&X-Amz-Signature=\(signature)"
            let url = "\(addresses.origin)/agent-discovery?\(query)"
            return ["agentDiscoveryTransport": ["presignedUrl": .string(url)]]
        default:
            throw .validation(
                "member 'transportType' must be one of web_socket, chat_token, softphone, web_rtc, agent_discovery")
        }
    }

    private mutating func webSocketTransport() -> JSON {
        let ticket = credentials.issueTicket(lifetime: transportSeconds, at: now)
        return [
            "webSocketTransport": [
                "url": .string("\(addresses.websocket)?ticket=\(ticket)"),
                "expiry": .string(isoTime(wallClock + Credentials.ticketSeconds)),
                "transportLifeTimeInSeconds": .int(transportSeconds),
            ]
        ]
    }

    private mutating func chatTokenTransport(for participant: Participant) -> JSON {
        let token = credentials.issueParticipantToken(for: participant, at: now)
        return [
            "chatTokenTransport": [
                "participantToken": .string(token),
                "expiry": .string(isoTime(wallClock + Credentials.participantSeconds)),
            ]
        ]
    }

    private mutating func softphoneTransport() -> JSON {
        let servers: [JSON] = [
            ["turn:turn.example.com:3478?transport=udp"], ["turns:turn.example.com:443?transport=tcp"],
        ]
        let connections = servers.map { urls -> JSON in
            ["username": .string(settings.username), "credential": .string(credentials.opaque("turn")), "urls": urls]
        }
        return ["softphoneTransport": ["softphoneMediaConnections": .array(connections)]]
    }

    private mutating func webRTCTransport(for participant: Participant) -> JSON {
        let host = "https://media.example.com"
        return [
            "webRTCTransport": [
                "meeting": [
                    // All participants of a contact join the same meeting.
                    "meetingId": .string("meeting-\(participant.contactId)"),
                    "mediaRegion": .string(settings.region),
                    "mediaPlacement": [
                        "audioHostUrl": "media.example.com:3478", "audioFallbackUrl": .string("\(host)/audio"),
                        "signalingUrl": .string("\(host)/signaling"), "turnControlUrl": .string("\(host)/turn"),
                        "eventIngestionUrl": .string("\(host)/events"),
                    ],
                    "meetingFeatures": ["audio": ["echoReduction": "AVAILABLE"]],
                ],
                "attendee": [
                    "attendeeId": .string(participant.connectionId), "joinToken": .string(credentials.opaque("join")),
                ],
            ]
        ]
    }

    /// The connection that a media transport is requested for.
    private func participant(_ input: JSON, _ kind: Contact.Kind) throws(ServiceFault) -> Participant {
        guard let contactId = input["contactId"]?.string else {
            throw .validation("member 'contactId' is required")
        }
        let contact = contacts[try find(contactId)]
        // For a video connection Streams names only the contact.
        let own = kind == .voice ? contact.agentConnection?.id : nil
        guard let participantId = input["participantId"]?.string ?? own else {
            throw .validation("member 'participantId' is required")
        }
        guard contact.kind == kind, contact.connections.contains(where: { $0.id == participantId }) else {
            throw .validation("member 'participantId' is no \(kind.rawValue) connection of contact '\(contactId)'")
        }
        return Participant(contactId: contactId, connectionId: participantId)
    }
}
