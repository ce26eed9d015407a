/// The structures that several operations share.
extension Shape {
    static let authentication: Shape = .structure(.optional("agentARN"), .optional("authToken"))

    static let queue: Shape = .structure(.optional("queueARN"), .optional("name"))

    static let endpoint: Shape = .structure(
        .optional("endpointARN"), .required("type"), .optional("name"), .optional("displayName"),
        .optional("phoneNumber"), .optional("agentLogin"), .optional("queue", .queue), .optional("emailAddress"))

    static let agentState: Shape = .structure(
        .optional("agentStateARN"), .required("type"), .required("name"), .optional("startTimestamp", .timestamp))

    static let reference: Shape = .structure(
        .optional("value"), .required("type"), .optional("arn"), .optional("status"), .optional("statusReason"))

    static let routingProfile: Shape = .structure(
        .optional("name"), .optional("routingProfileARN"), .optional("defaultOutboundQueue", .queue),
        .optional("channelConcurrencyMap", .map(.integer)))

    static let configuration: Shape = .structure(
        .required("name"), .optional("username"), .required("softphoneEnabled", .boolean),
        .required("softphoneAutoAccept", .boolean), .required("extension"),
        .required("routingProfile", .routingProfile), .optional("agentPreferences", .map(.string)),
        .optional("agentARN"))

    static let streamStatistics: Shape = .structure(
        .optional("timestamp", .timestamp), .optional("softphoneStreamType"), .optional("packetCount", .integer),
        .optional("packetsLost", .integer), .optional("audioLevel", .number),
        .optional("jitterBufferMillis", .integer), .optional("roundTripTimeMillis", .integer))

    static let recipient: Shape = .structure(.optional("address"), .optional("displayName"))
}

/// The agent's snapshot, from the inside out.
extension Shape {
    static let stampedState: Shape = .structure(.required("type"), .required("timestamp", .timestamp))

    static let connection: Shape = .structure(
        .required("connectionId"), .optional("endpoint", .endpoint), .required("state", .stampedState),
        .required("type"), .required("initial", .boolean),
        .optional(
            "softphoneMediaInfo",
            .structure(
                .optional("callType"), .optional("autoAccept", .boolean), .optional("mediaLegContextToken"),
                .optional("callContextToken"), .optional("callConfigJson"))),
        .optional(
            "chatMediaInfo",
            .structure(
                .optional("chatAutoAccept", .boolean), .optional("connectionData"), .optional("customerName"))),
        .optional(
            "monitoringInfo",
            .structure(
                .optional("agent", .structure(.optional("agentName"))), .optional("joinTimeStamp", .timestamp))),
        .optional("mute", .boolean), .optional("forcedMute", .boolean), .optional("quickConnectName"),
        .optional("monitorCapabilities", .list(.string)), .optional("monitorStatus"),
        .optional("capabilities", .structure(.optional("Video"))))

    static let contactFeatures: Shape = .structure(
        .optional("attachmentsEnabled", .boolean), .optional("messagingMarkdownEnabled", .boolean),
        .optional("multiPartyConferenceEnabled", .boolean), .optional("screenRecordingEnabled", .boolean),
        .optional("screenRecordingState"),
        .optional(
            "screenRecordingConfig",
            .structure(.optional("screenRecordingEnabled", .boolean), .optional("screenRecordingState"))))

    static let contact: Shape = .structure(
        .required("contactId"), .optional("initialContactId"), .optional("relatedContactId"),
        .optional("contactAssociationId"), .required("type"), .required("state", .stampedState),
        .optional("queue", .queue), .optional("queueTimestamp", .timestamp),
        .required("connections", .list(.connection)),
        .required("attributes", .map(.structure(.required("name"), .optional("value")))),
        .optional("contactDuration"), .optional("name"), .optional("description"),
        .optional("references", .map(.reference)), .optional("initiationMethod"),
        .optional("contactFeatures", .contactFeatures),
        .optional(
            "channelContext",
            .structure(
                .optional("scheduledTime", .integer), .optional("taskTemplateId"),
                .optional("taskTemplateVersion", .integer))),
        .optional("segmentAttributes", .map(.structure(.optional("ValueString")))),
        .optional("customerEndpoint", .endpoint), .optional("connectSystemEndpoint", .endpoint),
        .optional("languageCode"),
        .optional(
            "emailRecipients",
            .structure(
                .optional("toList", .list(.recipient)), .optional("ccList", .list(.recipient)),
                .optional("fromRecipient", .recipient))))

    static let snapshot: Shape = .structure(
        .required("state", .agentState), .optional("nextState", .agentState),
        .optional(
            "agentAvailabilityState", .structure(.optional("state"), .optional("timeStamp", .timestamp))),
        .required("contacts", .list(.contact)), .required("snapshotTimestamp", .timestamp))
}
