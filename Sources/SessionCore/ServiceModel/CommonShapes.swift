// SPDX-License-Identifier: Apache-2.0

/// Shapes that several operations share.
extension ServiceModel {
    /// No members, or none in the service's model.
    static let nothing: Shape = .structure([])

    static let contactId: Shape = .structure([.required("contactId", .string)])

    static let connectionId: Shape = .structure([.required("contactId", .string), .required("connectionId", .string)])

    /// For operations without a shape in the service's model. Streams sends an endpoint, but does not check that there is one.
    static let endpointForContact: Shape = .structure([
        .required("contactId", .string), .optional("endpoint", endpoint),
    ])

    /// The result of createTransport. Each transport type has its own member.
    static let transport: Shape = .structure([
        .optional(
            "webSocketTransport",
            .structure([
                .required("url", .string), .required("transportLifeTimeInSeconds", .number),
                .optional("expiry", .string),
            ])),
        .optional(
            "chatTokenTransport",
            .structure([.required("participantToken", .string), .required("expiry", .string)])),
        .optional(
            "softphoneTransport", .structure([.required("softphoneMediaConnections", .list(mediaConnection))])),
        .optional("agentDiscoveryTransport", .structure([.required("presignedUrl", .string)])),
        .optional(
            "webRTCTransport",
            .structure([
                .required("meeting", meeting),
                .required(
                    "attendee", .structure([.optional("attendeeId", .string), .optional("joinToken", .string)])),
            ])),
    ])

    /// An ICE server for a softphone's media.
    private static let mediaConnection: Shape = .structure([
        .required("username", .string), .required("credential", .string), .required("urls", .list(.string)),
    ])

    private static let meeting: Shape = .structure([
        .optional("meetingId", .string),
        .optional("mediaRegion", .string),
        .optional(
            "mediaPlacement",
            .structure([
                .optional("audioHostUrl", .string), .optional("audioFallbackUrl", .string),
                .optional("signalingUrl", .string), .optional("turnControlUrl", .string),
                .optional("eventIngestionUrl", .string),
            ])),
        .optional(
            "meetingFeatures",
            .structure([.optional("audio", .structure([.optional("echoReduction", .string)]))])),
    ])

    static let queue: Shape = .structure([
        .optional("queueARN", .string),
        .optional("name", .string),
    ])

    static let endpoint: Shape = .structure([
        .optional("endpointARN", .string),
        .required("type", .string),
        .optional("name", .string),
        .optional("displayName", .string),
        .optional("phoneNumber", .string),
        .optional("agentLogin", .string),
        .optional("queue", queue),
        .optional("emailAddress", .string),
    ])

    /// A sender or recipient of an e-mail.
    static let recipient: Shape = .structure([
        .optional("address", .string),
        .optional("displayName", .string),
    ])

    static let agentState: Shape = .structure([
        .optional("agentStateARN", .string),
        .required("type", .string),
        .required("name", .string),
        .optional("startTimestamp", .timestamp),
    ])

    /// A reference of a task or contact.
    static let reference: Shape = .structure([
        .optional("value", .string),
        .required("type", .string),
        .optional("arn", .string),
        .optional("status", .string),
        .optional("statusReason", .string),
    ])

    static let configuration: Shape = .structure([
        .required("name", .string),
        .optional("username", .string),
        .required("softphoneEnabled", .boolean),
        .required("softphoneAutoAccept", .boolean),
        .required("extension", .string),
        .required(
            "routingProfile",
            .structure([
                .optional("name", .string),
                .optional("routingProfileARN", .string),
                .optional("defaultOutboundQueue", queue),
                .optional("channelConcurrencyMap", .map(.number)),
            ])),
        .optional("agentPreferences", .map(.string)),
        .optional("agentARN", .string),
    ])

    /// One sample of an audio stream.
    static let streamStatistics: Shape = .structure([
        .optional("timestamp", .timestamp),
        .optional("softphoneStreamType", .string),
        .optional("packetCount", .number),
        .optional("packetsLost", .number),
        .optional("audioLevel", .number),
        .optional("jitterBufferMillis", .number),
        .optional("roundTripTimeMillis", .number),
    ])

    /// A softphone's report on a call that ended.
    static let report: Shape = .structure([
        .optional("callStartTime", .timestamp),
        .optional("callEndTime", .timestamp),
        .optional("softphoneStreamStatistics", .list(streamStatistics)),
        .optional("gumTimeMillis", .number),
        .optional("initializationTimeMillis", .number),
        .optional("iceCollectionTimeMillis", .number),
        .optional("signallingConnectTimeMillis", .number),
        .optional("handshakeTimeMillis", .number),
        .optional("preTalkTimeMillis", .number),
        .optional("talkTimeMillis", .number),
        .optional("cleanupTimeMillis", .number),
        .optional("iceCollectionFailure", .boolean),
        .optional("signallingConnectionFailure", .boolean),
        .optional("handshakeFailure", .boolean),
        .optional("gumOtherFailure", .boolean),
        .optional("gumTimeoutFailure", .boolean),
        .optional("createOfferFailure", .boolean),
        .optional("setLocalDescriptionFailure", .boolean),
        .optional("userBusyFailure", .boolean),
        .optional("invalidRemoteSDPFailure", .boolean),
        .optional("noRemoteIceCandidateFailure", .boolean),
        .optional("setRemoteDescriptionFailure", .boolean),
    ])

    /// The state of a contact or of a connection.
    static let stateOfContact: Shape = .structure([
        .required("type", .string),
        .required("timestamp", .timestamp),
    ])

    static let connection: Shape = .structure([
        .required("connectionId", .string),
        .optional("endpoint", endpoint),
        .required("state", stateOfContact),
        .required("type", .string),
        .required("initial", .boolean),
        .optional(
            "softphoneMediaInfo",
            .structure([
                .optional("callType", .string),
                .optional("autoAccept", .boolean),
                .optional("mediaLegContextToken", .string),
                .optional("callContextToken", .string),
                .optional("callConfigJson", .string),
            ])),
        .optional(
            "chatMediaInfo",
            .structure([
                .optional("chatAutoAccept", .boolean),
                .optional("connectionData", .string),
                .optional("customerName", .string),
            ])),
        .optional(
            "monitoringInfo",
            .structure([
                .optional(
                    "agent",
                    .structure([
                        .optional("agentName", .string)
                    ])),
                .optional("joinTimeStamp", .timestamp),
            ])),
        .optional("mute", .boolean),
        .optional("forcedMute", .boolean),
        .optional("quickConnectName", .string),
        .optional("monitorCapabilities", .list(.string)),
        .optional("monitorStatus", .string),
        .optional(
            "capabilities",
            .structure([
                .optional("Video", .string)
            ])),
    ])

    static let contact: Shape = .structure([
        .required("contactId", .string),
        .optional("initialContactId", .string),
        .optional("relatedContactId", .string),
        .optional("contactAssociationId", .string),
        .required("type", .string),
        .required("state", stateOfContact),
        .optional("queue", queue),
        .optional("queueTimestamp", .timestamp),
        .required("connections", .list(connection)),
        .required(
            "attributes",
            .map(
                .structure([
                    .required("name", .string),
                    .optional("value", .string),
                ]))),
        .optional("contactDuration", .string),
        .optional("name", .string),
        .optional("description", .string),
        .optional("references", .map(reference)),
        .optional("initiationMethod", .string),
        .optional(
            "contactFeatures",
            .structure([
                .optional("attachmentsEnabled", .boolean),
                .optional("messagingMarkdownEnabled", .boolean),
                .optional("multiPartyConferenceEnabled", .boolean),
                .optional("screenRecordingEnabled", .boolean),
                .optional("screenRecordingState", .string),
                .optional(
                    "screenRecordingConfig",
                    .structure([
                        .optional("screenRecordingEnabled", .boolean),
                        .optional("screenRecordingState", .string),
                    ])),
            ])),
        .optional(
            "channelContext",
            .structure([
                .optional("scheduledTime", .number),
                .optional("taskTemplateId", .string),
                .optional("taskTemplateVersion", .number),
            ])),
        .optional(
            "segmentAttributes",
            .map(
                .structure([
                    .optional("ValueString", .string)
                ]))),
        .optional("customerEndpoint", endpoint),
        .optional("connectSystemEndpoint", endpoint),
        .optional("languageCode", .string),
        .optional(
            "emailRecipients",
            .structure([
                .optional("toList", .list(recipient)),
                .optional("ccList", .list(recipient)),
                .optional("fromRecipient", recipient),
            ])),
    ])

    static let snapshot: Shape = .structure([
        .required("state", agentState),
        .optional("nextState", agentState),
        .optional(
            "agentAvailabilityState",
            .structure([
                .optional("state", .string),
                .optional("timeStamp", .timestamp),
            ])),
        .required("contacts", .list(contact)),
        .required("snapshotTimestamp", .timestamp),
    ])

}
