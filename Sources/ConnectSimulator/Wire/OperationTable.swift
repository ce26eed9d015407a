// SPDX-License-Identifier: Apache-2.0

/// The operations of the CTI service.
enum Operation {
    /// The shape of each operation's input, by the part of `X-Amz-Target` after the dot.
    static let all: [String: Shape] = lists.merging(contacts) { $1 }.merging(agent) { $1 }.merging(reports) { $1 }

    /// Most operations require the token in the body as well.
    private static func authenticated(_ members: Shape.Member...) -> Shape {
        .object([.required("authentication", .authentication)] + members)
    }

    private static func paged(_ members: Shape.Member...) -> Shape {
        .object(
            [.required("authentication", .authentication)] + members
                + [.optional("nextToken"), .optional("maxResults", .integer)])
    }

    private static let lists: [String: Shape] = [
        "GetAgentPermissions": paged(),
        "GetAgentStates": paged(),
        "GetDialableCountryCodes": paged(),
        "GetEndpoints": paged(.required("queueARNs", .list(.string))),
        "GetRoutingProfileQueues": paged(.required("routingProfileARN")),
    ]

    private static let onConnection = authenticated(.required("contactId"), .required("connectionId"))

    private static let contacts: [String: Shape] = [
        "AcceptContact": authenticated(.required("contactId")),
        "ClearContact": .structure(.required("contactId")),
        "CompleteContact": .structure(.required("contactId")),
        "RejectContact": .structure(.required("contactId")),
        "PauseContact": .structure(.required("contactId")),
        "ResumeContact": .structure(.required("contactId")),
        "ConferenceConnections": authenticated(.required("contactId")),
        "AddNewConnection": .structure(.required("contactId"), .required("endpoint", .endpoint)),
        "TransferContact": .structure(.required("contactId"), .required("endpoint", .endpoint)),
        "CreateAdditionalConnection": authenticated(.required("contactId"), .required("endpoint", .endpoint)),
        "CreateOutboundContact": authenticated(
            .required("endpoint", .endpoint), .optional("queueARN"), .optional("relatedContactId")),
        "CreateTaskContact": .structure(
            .required("endpoint", .endpoint), .optional("previousContactId"), .required("name"),
            .optional("description"), .optional("references", .map(.reference)), .optional("idempotencyToken"),
            .optional("scheduledTime", .integer), .optional("relatedContactId")),
        "DestroyConnection": onConnection,
        "DestroyContact": authenticated(.required("contactId")),
        "HoldConnection": onConnection,
        "ResumeConnection": onConnection,
        "MuteParticipant": onConnection,
        "UnmuteParticipant": onConnection,
        "ToggleActiveConnections": onConnection,
        "SendDigits": authenticated(.required("contactId"), .required("connectionId"), .required("digits")),
        "UpdateMonitorParticipantState": .structure(.required("contactId"), .required("targetMonitorMode")),
    ]

    private static let agent: [String: Shape] = [
        "CreateTransport": authenticated(
            .required("transportType"), .optional("participantId"), .optional("contactId"),
            .optional("softphoneClientId")),
        "GetAgentConfiguration": authenticated(),
        "GetAgentSnapshot": authenticated(.optional("nextToken"), .optional("timeout", .integer)),
        "GetNewAuthToken": authenticated(.required("refreshToken")),
        "PutAgentState": authenticated(.required("state", .agentState), .optional("enqueueNextState", .boolean)),
        "UpdateAgentConfiguration": authenticated(.required("configuration", .configuration)),
    ]

    private static let reports: [String: Shape] = [
        "NotifyContactIssue": authenticated(
            .required("contactId"), .optional("issueCode"), .optional("description"), .optional("clientLogs")),
        "SendClientLogs": authenticated(
            .required(
                "logEvents",
                .list(
                    .structure(
                        .optional("timestamp", .timestamp), .optional("component"), .optional("message"))))),
        "SendSoftphoneCallMetrics": authenticated(
            .required("contactId"), .optional("ccpVersion"),
            .required("softphoneStreamStatistics", .list(.streamStatistics))),
        "SendSoftphoneCallReport": authenticated(
            .required("contactId"), .optional("ccpVersion"), .required("report", .callReport)),
    ]
}

extension Shape {
    fileprivate static let callReport: Shape = .object(
        [
            .optional("callStartTime", .timestamp), .optional("callEndTime", .timestamp),
            .optional("softphoneStreamStatistics", .list(.streamStatistics)),
        ]
            + [
                "gumTimeMillis", "initializationTimeMillis", "iceCollectionTimeMillis",
                "signallingConnectTimeMillis", "handshakeTimeMillis", "preTalkTimeMillis", "talkTimeMillis",
                "cleanupTimeMillis",
            ].map { .optional($0, .integer) }
            + [
                "iceCollectionFailure", "signallingConnectionFailure", "handshakeFailure", "gumOtherFailure",
                "gumTimeoutFailure", "createOfferFailure", "setLocalDescriptionFailure", "userBusyFailure",
                "invalidRemoteSDPFailure", "noRemoteIceCandidateFailure", "setRemoteDescriptionFailure",
            ].map { .optional($0, .boolean) })
}
