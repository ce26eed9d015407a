// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The CTI service's operations: their shapes from the service's own model, and how the session handles each.
///
/// An operation's effect on the agent, which both cores need, is in `ServiceOperation`.
enum ServiceModel {
    /// One operation. No member has a default, so a new operation must specify all of them.
    struct Operation: Sendable {
        /// Whether the token is sent in a header only or also in the body. `ServiceCall` adds it and clients never send it, so
        /// `input` does not contain it.
        enum Token { case header, inBody }
        /// Whether the session polls the operation. If so, its 401s and 403s count against the retry budget. A `long` poll
        /// may take as long as its parameter `timeout`.
        enum Polling { case none, short, long }
        /// `withRelation`: a call that creates a contact related to another one is metered twice.
        enum Metering { case once, withRelation }
        /// The effect of a client's successful call besides its reply: a contact was accepted, or the configuration changed.
        enum Consequence { case nothing, accepts, reconfigures }

        let input: Shape
        let output: Shape
        let token: Token
        let polling: Polling
        let mapping: ParameterMapping
        let metering: Metering
        let then: Consequence
    }

    static let operations: [CTIOperation: Operation] = [
        .acceptContact: Operation(
            input: contactId, output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .accepts),
        .addNewConnection: Operation(
            input: endpointForContact, output: nothing,
            token: .header, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .clearContact: Operation(
            input: contactId, output: nothing,
            token: .header, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .completeContact: Operation(
            input: contactId, output: nothing,
            token: .header, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .conferenceConnections: Operation(
            input: contactId, output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .createAdditionalConnection: Operation(
            input: .structure([.required("contactId", .string), .required("endpoint", endpoint)]), output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .createOutboundContact: Operation(
            input: .structure([
                .required("endpoint", endpoint),
                .optional("queueARN", .string),
                .optional("relatedContactId", .string),
            ]),
            output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .withRelation, then: .nothing),
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
            output: .structure([.optional("contactId", .string)]),
            token: .header, polling: .none, mapping: .same, metering: .withRelation, then: .nothing),
        .createTransport: Operation(
            input: .structure([
                .required("transportType", .string),
                .optional("participantId", .string),
                .optional("contactId", .string),
                .optional("softphoneClientId", .string),
            ]),
            output: transport,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .destroyConnection: Operation(
            input: connectionId, output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .destroyContact: Operation(
            input: contactId, output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .getAgentConfiguration: Operation(
            input: nothing, output: .structure([.required("configuration", configuration)]),
            token: .inBody, polling: .short, mapping: .same, metering: .once, then: .nothing),
        .getAgentPermissions: Operation(
            input: .structure([.optional("nextToken", .string), .optional("maxResults", .number)]),
            output: .structure([.required("permissions", .list(.string)), .optional("nextToken", .string)]),
            token: .inBody, polling: .short, mapping: .same, metering: .once, then: .nothing),
        .getAgentSnapshot: Operation(
            input: .structure([.optional("nextToken", .string), .optional("timeout", .number)]),
            output: .structure([.required("snapshot", snapshot), .required("nextToken", .string)]),
            token: .inBody, polling: .long, mapping: .same, metering: .once, then: .nothing),
        .getAgentStates: Operation(
            input: .structure([.optional("nextToken", .string), .optional("maxResults", .number)]),
            output: .structure([.required("states", .list(agentState)), .optional("nextToken", .string)]),
            token: .inBody, polling: .short, mapping: .same, metering: .once, then: .nothing),
        .getDialableCountryCodes: Operation(
            input: .structure([.optional("nextToken", .string), .optional("maxResults", .number)]),
            output: .structure([.required("countryCodes", .list(.string)), .optional("nextToken", .string)]),
            token: .inBody, polling: .short, mapping: .same, metering: .once, then: .nothing),
        .getEndpoints: Operation(
            input: .structure([
                .required("queueARNs", .list(.string)),
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([.optional("endpoints", .list(endpoint)), .optional("nextToken", .string)]),
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .getNewAuthToken: Operation(
            input: .structure([.required("refreshToken", .string)]),
            output: .structure([.optional("newAuthToken", .string), .optional("expirationDateTime", .timestamp)]),
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .getRoutingProfileQueues: Operation(
            input: .structure([
                .required("routingProfileARN", .string),
                .optional("nextToken", .string),
                .optional("maxResults", .number),
            ]),
            output: .structure([.required("queues", .list(queue)), .optional("nextToken", .string)]),
            token: .inBody, polling: .short, mapping: .same, metering: .once, then: .nothing),
        .holdConnection: Operation(
            input: connectionId, output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .muteParticipant: Operation(
            input: connectionId, output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .notifyContactIssue: Operation(
            input: .structure([
                .required("contactId", .string),
                .optional("issueCode", .string),
                .optional("description", .string),
                .optional("clientLogs", .string),
            ]),
            output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .pauseContact: Operation(
            input: contactId, output: nothing,
            token: .header, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .putAgentState: Operation(
            input: .structure([.required("state", agentState), .optional("enqueueNextState", .boolean)]),
            output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .rejectContact: Operation(
            input: contactId, output: nothing,
            token: .header, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .resumeConnection: Operation(
            input: connectionId, output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .resumeContact: Operation(
            input: contactId, output: nothing,
            token: .header, polling: .none, mapping: .same, metering: .once, then: .nothing),
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
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .sendDigits: Operation(
            input: .structure([
                .required("contactId", .string),
                .required("connectionId", .string),
                .required("digits", .string),
            ]),
            output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .sendSoftphoneCallMetrics: Operation(
            input: .structure([
                .required("contactId", .string),
                .optional("ccpVersion", .string),
                .required("softphoneStreamStatistics", .list(streamStatistics)),
            ]),
            output: nothing,
            token: .inBody, polling: .none, mapping: .softphoneMetrics, metering: .once, then: .nothing),
        .sendSoftphoneCallReport: Operation(
            input: .structure([
                .required("contactId", .string),
                .optional("ccpVersion", .string),
                .required("report", report),
            ]),
            output: nothing,
            token: .inBody, polling: .none, mapping: .softphoneReport, metering: .once, then: .nothing),
        .toggleActiveConnections: Operation(
            input: connectionId, output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .transferContact: Operation(
            input: endpointForContact, output: nothing,
            token: .header, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .unmuteParticipant: Operation(
            input: connectionId, output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .updateAgentConfiguration: Operation(
            input: .structure([.required("configuration", configuration)]), output: nothing,
            token: .inBody, polling: .none, mapping: .configuration, metering: .once, then: .reconfigures),
        .updateContactAttributes: Operation(
            input: nothing, output: nothing,
            token: .inBody, polling: .none, mapping: .same, metering: .once, then: .nothing),
        .updateMonitorParticipantState: Operation(
            input: .structure([.required("contactId", .string), .required("targetMonitorMode", .string)]),
            output: nothing,
            token: .header, polling: .none, mapping: .same, metering: .once, then: .nothing),
    ]

    /// The fallback for an operation without a row, which a test forbids. It passes parameters and results on unchanged.
    private static let unknown = Operation(
        input: nothing, output: nothing, token: .header, polling: .none, mapping: .same, metering: .once,
        then: .nothing)

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
