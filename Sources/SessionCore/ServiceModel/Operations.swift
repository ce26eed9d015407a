import StreamsProtocol

/// The CTI service's operations, as the facts of the service's own model have them, and what the session does about each.
/// (What an operation does to the agent, which both cores have to know, is in `ServiceOperation`.)
enum ServiceModel {
    /// One operation. No column has a default: a new operation has to say all of it.
    struct Operation: Sendable {
        /// Where the token goes. It is added by `ServiceCall`, never by a client, so it stands in no input here.
        enum Token { case header, headerAndBody }
        /// Whether the session polls it: then its 401s and 403s count against the retry budget. A long poll may take as
        /// long as its parameter `timeout` says.
        enum Polling { case none, short, long }
        /// How often it is metered: once, or twice where the contact it makes is related to another.
        enum Metering { case once, withRelation }
        /// What a client's success means beside its answer: a contact was accepted, or the configuration is another.
        enum Consequence { case none, accepts, reconfigures }

        let input: Shape
        let output: Shape
        let token: Token
        let polling: Polling
        let translation: Translation
        let metering: Metering
        let consequence: Consequence
    }

    /// The row of every `CTIOperation`.
    static let operations: [CTIOperation: Operation] = [
        .acceptContact: Operation(
            input: contactId, output: nothing, token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .accepts),
        .addNewConnection: Operation(
            input: nothing, output: nothing, token: .header, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .clearContact: Operation(
            input: contactId, output: nothing, token: .header, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .completeContact: Operation(
            input: contactId, output: nothing, token: .header, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .conferenceConnections: Operation(
            input: contactId, output: nothing, token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .createAdditionalConnection: Operation(
            input: .structure([
                .required("contactId", .string),
                .required("endpoint", endpoint),
            ]),
            output: nothing,
            token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .createOutboundContact: Operation(
            input: .structure([
                .required("endpoint", endpoint),
                .optional("queueARN", .string),
                .optional("relatedContactId", .string),
            ]),
            output: nothing,
            token: .headerAndBody, polling: .none, translation: .none,
            metering: .withRelation, consequence: .none),
        .createTaskContact: Operation(
            input: .structure([
                .required("endpoint", endpoint),
                .optional("previousContactId", .string),
                .required("name", .string),
                .optional("description", .string),
                .optional("references", .map(reference)),
                .optional("idempotencyToken", .string),
                .optional("scheduledTime", .number),
                .optional("relatedContactId", .string),
            ]),
            output: .structure([
                .optional("contactId", .string)
            ]),
            token: .header, polling: .none, translation: .none,
            metering: .withRelation, consequence: .none),
        .createTransport: Operation(
            input: .structure([
                .required("transportType", .string),
                .optional("participantId", .string),
                .optional("contactId", .string),
                .optional("softphoneClientId", .string),
            ]),
            output: transport,
            token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .destroyConnection: Operation(
            input: connectionId, output: nothing, token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .destroyContact: Operation(
            input: nothing, output: nothing, token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .getAgentConfiguration: Operation(
            input: nothing,
            output: .structure([
                .required("configuration", configuration)
            ]),
            token: .headerAndBody, polling: .short, translation: .none,
            metering: .once, consequence: .none),
        .getAgentPermissions: Operation(
            input: .structure([
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([
                .required("permissions", .list(.string)),
                .optional("nextToken", .string),
            ]),
            token: .headerAndBody, polling: .short, translation: .none,
            metering: .once, consequence: .none),
        .getAgentSnapshot: Operation(
            input: .structure([
                .optional("nextToken", .string),
                .optional("timeout", .number),
            ]),
            output: .structure([
                .required("snapshot", snapshot),
                .required("nextToken", .string),
            ]),
            token: .headerAndBody, polling: .long, translation: .none,
            metering: .once, consequence: .none),
        .getAgentStates: Operation(
            input: .structure([
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([
                .required("states", .list(agentState)),
                .optional("nextToken", .string),
            ]),
            token: .headerAndBody, polling: .short, translation: .none,
            metering: .once, consequence: .none),
        .getDialableCountryCodes: Operation(
            input: .structure([
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([
                .required("countryCodes", .list(.string)),
                .optional("nextToken", .string),
            ]),
            token: .headerAndBody, polling: .short, translation: .none,
            metering: .once, consequence: .none),
        .getEndpoints: Operation(
            input: .structure([
                .required("queueARNs", .list(.string)),
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([
                .optional("endpoints", .list(endpoint)),
                .optional("nextToken", .string),
            ]),
            token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .getNewAuthToken: Operation(
            input: .structure([
                .required("refreshToken", .string)
            ]),
            output: .structure([
                .optional("newAuthToken", .string),
                .optional("expirationDateTime", .timestamp),
            ]),
            token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .getRoutingProfileQueues: Operation(
            input: .structure([
                .required("routingProfileARN", .string),
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([
                .required("queues", .list(queue)),
                .optional("nextToken", .string),
            ]),
            token: .headerAndBody, polling: .short, translation: .none,
            metering: .once, consequence: .none),
        .holdConnection: Operation(
            input: connectionId, output: nothing, token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .muteParticipant: Operation(
            input: connectionId, output: nothing, token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .notifyContactIssue: Operation(
            input: .structure([
                .required("contactId", .string),
                .optional("issueCode", .string),
                .optional("description", .string),
                .optional("clientLogs", .string),
            ]),
            output: nothing,
            token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .pauseContact: Operation(
            input: contactId, output: nothing, token: .header, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .putAgentState: Operation(
            input: .structure([
                .required("state", agentState),
                .optional("enqueueNextState", .boolean),
            ]),
            output: nothing,
            token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .rejectContact: Operation(
            input: contactId, output: nothing, token: .header, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .resumeConnection: Operation(
            input: connectionId, output: nothing, token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .resumeContact: Operation(
            input: contactId, output: nothing, token: .header, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .sendClientLogs: Operation(
            input: .structure([
                .required(
                    "logEvents",
                    .list(
                        .structure([
                            .optional("timestamp", .timestamp),
                            .optional("component", .string),
                            .optional("message", .string),
                        ])))
            ]),
            output: nothing,
            token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .sendDigits: Operation(
            input: .structure([
                .required("contactId", .string),
                .required("connectionId", .string),
                .required("digits", .string),
            ]),
            output: nothing,
            token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .sendSoftphoneCallMetrics: Operation(
            input: .structure([
                .required("contactId", .string),
                .optional("ccpVersion", .string),
                .required("softphoneStreamStatistics", .list(streamStatistics)),
            ]),
            output: nothing,
            token: .headerAndBody, polling: .none, translation: .softphoneMetrics,
            metering: .once, consequence: .none),
        .sendSoftphoneCallReport: Operation(
            input: .structure([
                .required("contactId", .string),
                .optional("ccpVersion", .string),
                .required("report", report),
            ]),
            output: nothing,
            token: .headerAndBody, polling: .none, translation: .softphoneReport,
            metering: .once, consequence: .none),
        .toggleActiveConnections: Operation(
            input: connectionId, output: nothing, token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .transferContact: Operation(
            input: nothing, output: nothing, token: .header, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .unmuteParticipant: Operation(
            input: connectionId, output: nothing, token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .updateAgentConfiguration: Operation(
            input: .structure([
                .required("configuration", configuration)
            ]),
            output: nothing,
            token: .headerAndBody, polling: .none, translation: .configuration,
            metering: .once, consequence: .reconfigures),
        .updateContactAttributes: Operation(
            input: nothing, output: nothing, token: .headerAndBody, polling: .none, translation: .none,
            metering: .once, consequence: .none),
        .updateMonitorParticipantState: Operation(
            input: .structure([
                .required("contactId", .string),
                .required("targetMonitorMode", .string),
            ]),
            output: nothing,
            token: .header, polling: .none, translation: .none,
            metering: .once, consequence: .none),
    ]

    /// What an operation without a row would be, which a test forbids: passed on as it is.
    private static let unknown = Operation(
        input: nothing, output: nothing, token: .header, polling: .none, translation: .none, metering: .once,
        consequence: .none)

    fileprivate static func row(_ operation: CTIOperation) -> Operation { operations[operation, default: unknown] }
}

extension CTIOperation {
    var model: ServiceModel.Operation { ServiceModel.row(self) }
}

extension TaskTemplateOperation {
    var metering: ServiceModel.Operation.Metering {
        switch self {
        case .createTemplatedTask: .withRelation
        case .listTaskTemplates, .getTaskTemplate, .updateContact: .once
        }
    }
}
