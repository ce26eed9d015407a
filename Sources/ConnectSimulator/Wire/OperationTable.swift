/// An operation of the CTI service: what it takes, what it answers.
struct Operation: Sendable {
    var input: Shape
    var output: Shape

    /// Every operation of the service, by its name on the wire (`X-Amz-Target`'s second half).
    static let all: [String: Operation] = lists.merging(contacts) { $1 }.merging(agent) { $1 }.merging(reports) { $1 }

    /// Most operations carry the token in the body as well, and insist on it.
    private static func authenticated(_ members: Shape.Member..., answering output: Shape = .object([])) -> Operation {
        Operation(input: .object([.required("authentication", .authentication)] + members), output: output)
    }

    private static func bearerOnly(_ members: Shape.Member..., answering output: Shape = .object([])) -> Operation {
        Operation(input: .object(members), output: output)
    }

    private static func paged(_ members: [Shape.Member] = [], answering item: Shape.Member) -> Operation {
        Operation(
            input: .object(
                [.required("authentication", .authentication)] + members
                    + [.optional("nextToken"), .optional("maxResults", .integer)]),
            output: .structure(item, .optional("nextToken")))
    }

    private static let lists: [String: Operation] = [
        "GetAgentPermissions": paged(answering: .required("permissions", .list(.string))),
        "GetAgentStates": paged(answering: .required("states", .list(.agentState))),
        "GetDialableCountryCodes": paged(answering: .required("countryCodes", .list(.string))),
        "GetEndpoints": paged(
            [.required("queueARNs", .list(.string))], answering: .optional("endpoints", .list(.endpoint))),
        "GetRoutingProfileQueues": paged(
            [.required("routingProfileARN")], answering: .required("queues", .list(.queue))),
    ]

    private static let onConnection: [Shape.Member] = [
        .required("authentication", .authentication), .required("contactId"), .required("connectionId"),
    ]

    private static let contacts: [String: Operation] = [
        "AcceptContact": authenticated(.required("contactId")),
        "ClearContact": bearerOnly(.required("contactId")),
        "CompleteContact": bearerOnly(.required("contactId")),
        "RejectContact": bearerOnly(.required("contactId")),
        "PauseContact": bearerOnly(.required("contactId")),
        "ResumeContact": bearerOnly(.required("contactId")),
        "ConferenceConnections": authenticated(.required("contactId")),
        "CreateAdditionalConnection": authenticated(.required("contactId"), .required("endpoint", .endpoint)),
        "CreateOutboundContact": authenticated(
            .required("endpoint", .endpoint), .optional("queueARN"), .optional("relatedContactId")),
        "CreateTaskContact": bearerOnly(
            .required("endpoint", .endpoint), .optional("previousContactId"), .required("name"),
            .optional("description"), .optional("references", .map(.reference)), .optional("idempotencyToken"),
            .optional("scheduledTime", .integer), .optional("relatedContactId"),
            answering: .structure(.optional("contactId"))),
        "DestroyConnection": Operation(input: .object(onConnection), output: .object([])),
        "HoldConnection": Operation(input: .object(onConnection), output: .object([])),
        "ResumeConnection": Operation(input: .object(onConnection), output: .object([])),
        "MuteParticipant": Operation(input: .object(onConnection), output: .object([])),
        "UnmuteParticipant": Operation(input: .object(onConnection), output: .object([])),
        "ToggleActiveConnections": Operation(input: .object(onConnection), output: .object([])),
        "SendDigits": Operation(input: .object(onConnection + [.required("digits")]), output: .object([])),
        "UpdateMonitorParticipantState": bearerOnly(.required("contactId"), .required("targetMonitorMode")),
    ]

    private static let agent: [String: Operation] = [
        "CreateTransport": authenticated(
            .required("transportType"), .optional("participantId"), .optional("contactId"),
            .optional("softphoneClientId"), answering: .transports),
        "GetAgentConfiguration": authenticated(
            answering: .structure(.required("configuration", .configuration))),
        "GetAgentSnapshot": authenticated(
            .optional("nextToken"), .optional("timeout", .integer),
            answering: .structure(.required("snapshot", .snapshot), .required("nextToken"))),
        "GetNewAuthToken": authenticated(
            .required("refreshToken"),
            answering: .structure(.optional("newAuthToken"), .optional("expirationDateTime", .timestamp))),
        "PutAgentState": authenticated(.required("state", .agentState), .optional("enqueueNextState", .boolean)),
        "UpdateAgentConfiguration": authenticated(.required("configuration", .configuration)),
    ]

    private static let reports: [String: Operation] = [
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
