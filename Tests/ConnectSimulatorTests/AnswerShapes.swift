// SPDX-License-Identifier: Apache-2.0
@testable import ConnectSimulator

extension Operation {
    /// The shape of each operation's answer. Operations that are missing here answer `{}`.
    static let answers: [String: Shape] = [
        "GetAgentPermissions": page(.required("permissions", .list(.string))),
        "GetAgentStates": page(.required("states", .list(.agentState))),
        "GetDialableCountryCodes": page(.required("countryCodes", .list(.string))),
        "GetEndpoints": page(.optional("endpoints", .list(.endpoint))),
        "GetRoutingProfileQueues": page(.required("queues", .list(.queue))),
        "CreateTaskContact": .structure(.optional("contactId")),
        "CreateTransport": .transports,
        "GetAgentConfiguration": .structure(.required("configuration", .configuration)),
        "GetAgentSnapshot": .structure(.required("snapshot", .snapshot), .required("nextToken")),
        "GetNewAuthToken": .structure(.optional("newAuthToken"), .optional("expirationDateTime", .timestamp)),
    ]

    private static func page(_ items: Shape.Member) -> Shape { .structure(items, .optional("nextToken")) }
}

extension Shape {
    /// The first error in an answer. Unlike a request, an answer may not have members that its shape lacks.
    func problem(withAnswer value: JSON) -> String? {
        problem(with: value) ?? unknownMember(of: value).map { "member '\($0)' is not part of the shape" }
    }

    private func unknownMember(of value: JSON) -> String? {
        switch self {
        case .string, .boolean, .integer, .number, .timestamp: return nil
        case .list(let element): return value.array?.lazy.compactMap { element.unknownMember(of: $0) }.first
        case .map(let element): return value.object?.values.lazy.compactMap { element.unknownMember(of: $0) }.first
        case .object(let members):
            let shapes = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.shape) })
            for (name, item) in value.object ?? [:] {
                guard let shape = shapes[name] else { return name }
                if let unknown = shape.unknownMember(of: item) { return "\(name).\(unknown)" }
            }
            return nil
        }
    }
}

/// The agent's snapshot and its parts.
extension Shape {
    static let recipient: Shape = .structure(.optional("address"), .optional("displayName"))

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
        .optional("capabilities", .structure(.optional("Video"), .optional("ScreenShare"))))

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
        .optional("attributes", .map(.structure(.required("name"), .optional("value")))),
        .optional("contactDuration"), .optional("name"), .optional("description"),
        .optional("references", .map(.reference)), .optional("initiationMethod"),
        .optional("contactFeatures", .contactFeatures),
        .optional(
            "channelContext",
            .structure(
                .optional("scheduledTime", .integer), .optional("taskTemplateId"),
                .optional("taskTemplateVersion", .integer))),
        .optional("segmentAttributes", .map(.structure(.optional("ValueString")))),
        // Not in the published model; Streams reads it.
        .optional("agentContactHandlingConfig", .structure(.required("autoAccept", .boolean))),
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

    /// The answer of createTransport; it has one of these members.
    static let transports: Shape = .structure(
        .optional(
            "webSocketTransport",
            .structure(
                .required("url"), .required("transportLifeTimeInSeconds", .integer), .optional("expiry"))),
        .optional("chatTokenTransport", .structure(.required("participantToken"), .required("expiry"))),
        .optional("softphoneTransport", .softphoneTransport),
        .optional("agentDiscoveryTransport", .structure(.required("presignedUrl"))),
        .optional("webRTCTransport", .webRTCTransport))

    private static let softphoneTransport: Shape = .structure(
        .required(
            "softphoneMediaConnections",
            .list(
                .structure(.required("username"), .required("credential"), .required("urls", .list(.string))))))

    private static let webRTCTransport: Shape = .structure(
        .required(
            "meeting",
            .structure(
                .optional("meetingId"), .optional("mediaRegion"),
                .optional(
                    "mediaPlacement",
                    .structure(
                        .optional("audioHostUrl"), .optional("audioFallbackUrl"), .optional("signalingUrl"),
                        .optional("turnControlUrl"), .optional("eventIngestionUrl"))),
                .optional(
                    "meetingFeatures",
                    .structure(.optional("audio", .structure(.optional("echoReduction"))))))),
        .required("attendee", .structure(.optional("attendeeId"), .optional("joinToken"))))
}
