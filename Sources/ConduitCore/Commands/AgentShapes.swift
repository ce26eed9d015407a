/// The agent, as far as Streams reads it. What the service sends beside that passes through, and so do kinds and states
/// that nobody has heard of.
enum AgentShape {
    static let agent = Shape.named(
        "Agent",
        .object([
            .required("snapshot", snapshot), .required("configuration", configuration),
        ]), "The whole agent. The role presence is told state, nextState and name only.")

    static let snapshot = Shape.named(
        "AgentSnapshot",
        .object([
            .optional("state", .nullable(state)), .optional("nextState", .nullable(state)),
            .optional("contacts", .list(contact), "Earliest state first."),
            .optional("agentAvailabilityState", .nullable(.object([]))),
            .optional("snapshotTimestamp", .nullable(ResultShape.instant)),
            .optional("localTimestamp", .integer, "When it came, in milliseconds since 1970."),
            .optional("skew", .integer, "How far the service's clock is ahead, in milliseconds."),
            .optional("contentLength", .integer, "Bytes of the service's answer."),
        ]), "Where the agent is now.")

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
        ]), "What the agent may do.")

    static let routingProfile = Shape.named(
        "RoutingProfile",
        .object([
            .optional("name", .serviceText), .optional("routingProfileARN", .serviceText),
            .optional("routingProfileId", .serviceText, "The ARN once more."),
            .optional("defaultOutboundQueue", .nullable(queue)), .optional("queues", .nullable(.list(queue))),
            .optional("channelConcurrencyMap", .nullable(.map(.integer))),
        ]), "Which queues, and how many contacts at once.")

    static let queue = Shape.named(
        "Queue",
        .object([
            .optional("name", .serviceText), .optional("queueARN", .serviceText),
            .optional("queueId", .serviceText, "The ARN once more."),
        ]), "A queue.")

    private static let contactStates = [
        "init", "incoming", "pending", "connecting", "connected", "paused", "ended", "missed", "rejected", "error",
    ]

    static let contact = Shape.named(
        "Contact",
        .object([
            .optional("contactId", .serviceText), .optional("initialContactId", .serviceText),
            .optional("type", .nullable(.word(["voice", "queue_callback", "chat", "task", "email"]))),
            .optional("state", .nullable(standing(contactStates))),
            .optional("status", .nullable(standing(contactStates)), "The state once more."),
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
                .nullable(standing(["init", "connecting", "connected", "hold", "disconnected"]))),
            .optional("initial", .nullable(.boolean), "True for the leg that the contact began with."),
            .optional("endpoint", .nullable(endpoint)),
            .optional("address", .nullable(endpoint), "The endpoint once more."),
        ]), "One leg of a contact.")

    static let endpoint = Shape.named(
        "Endpoint",
        .object([
            .optional("type", .serviceText), .optional("name", .serviceText),
            .optional("phoneNumber", .serviceText), .optional("endpointARN", .serviceText),
        ]), "An address: a telephone number, an agent, a queue.")

    /// What the daemon says of the agent with each change.
    static let brief = Shape.named(
        "AgentBrief",
        .object([
            .required("name", .serviceText), .required("state", .nullable(state)),
            .required("nextState", .nullable(state)),
        ]), "Who the agent is, the state, and the one that waits.")

    private static func standing(_ words: [String]) -> Shape {
        .object([
            .optional("type", .nullable(.word(words))), .optional("timestamp", .nullable(ResultShape.instant)),
        ])
    }
}
