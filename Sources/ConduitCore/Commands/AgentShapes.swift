// SPDX-License-Identifier: Apache-2.0

/// The parts of the agent that Streams reads. Any other member from the service passes through, and so do unknown types
/// and states.
enum AgentShape {
    static let agent = Shape.named(
        "Agent",
        .object([
            .required("snapshot", snapshot), .required("configuration", configuration),
        ]), "The whole agent. The role presence receives only state, nextState and name.")

    static let snapshot = Shape.named(
        "AgentSnapshot",
        .object([
            .optional("state", .nullable(state)), .optional("nextState", .nullable(state)),
            .optional("contacts", .list(contact), "Earliest state first."),
            .optional("agentAvailabilityState", .nullable(.object([]))),
            .optional("snapshotTimestamp", .nullable(ResultShape.instant)),
            .optional("localTimestamp", .integer, "When the daemon received it, in milliseconds since 1970."),
            .optional("skew", .integer, "How far the service's clock is ahead, in milliseconds."),
            .optional("contentLength", .integer, "The size of the service's response in bytes."),
        ]), "The current state of the agent and its contacts.")

    static let state = Shape.named(
        "AgentState",
        .object([
            .optional("name", .serviceText),
            .optional("type", .nullable(.word(["init", "routable", "not_routable", "offline", "system", "error"]))),
            .optional("agentStateARN", .serviceText), .optional("startTimestamp", .nullable(ResultShape.instant)),
        ]), "A state of the agent.")

    static let configuration = Shape.named(
        "AgentConfiguration",
        .object([
            .optional("name", .serviceText), .optional("username", .serviceText),
            .optional("agentStates", .nullable(.list(state))),
            .optional("dialableCountries", .nullable(.list(.text))),
            .optional("permissions", .nullable(.list(.text))),
            .optional("routingProfile", .nullable(routingProfile)),
            .optional("extension", .serviceText), .optional("softphoneEnabled", .nullable(.boolean)),
            .optional("softphoneAutoAccept", .nullable(.boolean)),
            .optional("agentPreferences", .nullable(.object([]))),
        ]), "The configuration and permissions of the agent.")

    static let routingProfile = Shape.named(
        "RoutingProfile",
        .object([
            .optional("name", .serviceText), .optional("routingProfileARN", .serviceText),
            .optional("routingProfileId", .serviceText, "The same as the ARN."),
            .optional("defaultOutboundQueue", .nullable(queue)), .optional("queues", .nullable(.list(queue))),
            .optional("channelConcurrencyMap", .nullable(.map(.integer))),
        ]), "The queues, and the number of contacts at the same time.")

    static let queue = Shape.named(
        "Queue",
        .object([
            .optional("name", .serviceText), .optional("queueARN", .serviceText),
            .optional("queueId", .serviceText, "The same as the ARN."),
        ]), "A queue.")

    private static let contactStates = [
        "init", "incoming", "pending", "connecting", "connected", "paused", "ended", "missed", "rejected", "error",
    ]

    static let contact = Shape.named(
        "Contact",
        .object([
            .optional("contactId", .serviceText), .optional("initialContactId", .serviceText),
            .optional("type", .nullable(.word(["voice", "queue_callback", "chat", "task", "email"]))),
            .optional("state", .nullable(timedState(contactStates))),
            .optional("status", .nullable(timedState(contactStates)), "The same as state."),
            .optional("queue", .nullable(queue)), .optional("queueTimestamp", .nullable(ResultShape.instant)),
            .optional("connections", .nullable(.list(connection))),
            .optional("attributes", .nullable(.map(.object([.optional("value", .serviceText)])))),
        ]), "A call, chat, task or e-mail.")

    static let connection = Shape.named(
        "Connection",
        .object([
            .optional("connectionId", .serviceText),
            .optional("type", .nullable(.word(["agent", "inbound", "outbound", "monitoring"]))),
            .optional(
                "state",
                .nullable(
                    timedState([
                        "init", "connecting", "connected", "hold", "disconnected", "silent_monitor", "barge",
                    ]))),
            .optional("initial", .nullable(.boolean), "True for the first leg of the contact."),
            .optional("endpoint", .nullable(endpoint)),
            .optional("address", .nullable(endpoint), "The same as endpoint."),
        ]), "One leg of a contact.")

    static let endpoint = Shape.named(
        "Endpoint",
        .object([
            .optional("type", .serviceText), .optional("name", .serviceText),
            .optional("phoneNumber", .serviceText), .optional("endpointARN", .serviceText),
        ]), "An address: a telephone number, an agent, a queue.")

    /// The part of the agent that its derived events carry.
    static let brief = Shape.named(
        "AgentBrief",
        .object([
            .required("name", .serviceText), .required("state", .nullable(state)),
            .required("nextState", .nullable(state)), .optional("skew", .integer, skewMeaning),
        ]), "The agent's name, state and next state.")

    static let skewMeaning = "How far the service's clock is ahead, in milliseconds; what a duration needs."

    private static func timedState(_ types: [String]) -> Shape {
        .object([
            .optional("type", .nullable(.word(types))), .optional("timestamp", .nullable(ResultShape.instant)),
        ])
    }
}
