import AgentModel
import StreamsProtocol

extension RequestMethod {
    /// The methods of `partyline::request`.
    static let all: [RequestMethod] = events + reads + [call] + logs + administration

    /// Milliseconds that a client may give.
    static let deadlines = 1...600_000

    private static let events: [RequestMethod] = [
        .init(
            "subscribe", .presence,
            "From now on this port gets only lines that match, each with clock and time, and replies to itself.",
            [
                .required(
                    "events", .list(.eventPattern, 1...256),
                    "Names of events with * for a part; contact::*::<contactId> is all about one contact, * everything."
                ),
                .optional(
                    "since", .name(upTo: 256),
                    "The clock of the last line that was seen: every matching event after it is sent.",
                    capability: "since"),
                .optional(
                    "mode", .choice(SubscriptionMode.allCases.map(\.rawValue)),
                    "latest keeps only the newest line of each event's name.",
                    fallback: .string(SubscriptionMode.all.rawValue), capability: "latest"),
            ],
            example: ["events": ["agent::*", "contact::connected"], "since": "1k9v:1204"],
            result: .named(
                "SubscribeResult", ResultShape.subscribe, "Atomic with the registration: nothing falls between.")
        ) { $0.subscribe($1) },
        .init(
            "unsubscribe", .presence, "Back to the Streams dialect.",
            result: .named(
                "UnsubscribeResult", .object([.required("clock", ResultShape.clock)]),
                "The port gets what ports get that never subscribed.")
        ) { $0.unsubscribe($1) },
    ]

    private static let reads: [RequestMethod] = [
        .init(
            "getAgent", .observer, "The newest agent, when it was seen, how old that is.",
            result: .named("GetAgentResult", ResultShape.agent, "The newest agent.")
        ) { $0.getAgent($1) },
        .init(
            "getStatus", .presence, "Everything that `partyline status` shows.",
            result: .named("GetStatusResult", ResultShape.status, "Where daemon, session and ports stand.")
        ) { $0.getStatus($1) },
        .init(
            "sync", .observer,
            "A barrier: answers when a snapshot asked for now is in, and this port has been sent all before it.",
            [.optional("deadlineMs", .integer(deadlines), "Milliseconds until timeout.", fallback: 15_000)],
            example: ["deadlineMs": 5000],
            result: .named("SyncResult", ResultShape.sync, "The snapshot that was waited for.")
        ) { $0.sync($1) },
        .init(
            "describe", .presence, "Events, methods, parameters, error codes, roles and capabilities.",
            result: .named("DescribeResult", ResultShape.description, "From the table that dispatches.")
        ) { $0.describe($1) },
    ]

    private static let call = RequestMethod(
        "call", .operator, "A call of the service with one final answer.",
        [
            .required("method", .name(upTo: 128), "An operation of the service, such as acceptContact."),
            .optional("params", .object([]), fallback: [:]),
            .optional(
                "confirm", .boolean, "Answers only when a later snapshot shows what the call was for.", fallback: false),
            .optional("deadlineMs", .integer(deadlines), "Milliseconds until timeout.", fallback: 30_000),
            .optional(
                "idempotencyKey", .name(upTo: 256), "Two calls of one key act once, and have one answer.",
                capability: "idempotencyKey"),
        ],
        example: ["method": "acceptContact", "params": ["contactId": "1234"], "confirm": true],
        result: .named("CallResult", ResultShape.call, "accepted: the service took it; confirmed: a snapshot shows it.")
    ) { $0.call($1) }

    private static let logs: [RequestMethod] = [
        .init(
            "setLogs", .observer, "This port gets the daemon's log entries from that level on, as log; null ends it.",
            [.required("level", .nullable(.logLevel), "debug, info, warning, error; Streams' names will do.")],
            example: ["level": "info"],
            result: .named("SetLogsResult", .object([.required("level", .serviceText)]), "The level that was given.")
        ) { $0.setLogs($1) },
        .init(
            "setLogLevel", .admin, "The least level that the daemon writes to its own log, from now on.",
            [.required("level", .choice(LogLevel.names))],
            example: ["level": "debug"],
            result: .named("SetLogLevelResult", .object([.optional("level", .text)]), "The level that holds now.")
        ) { $0.setLogLevel($1) },
    ]

    private static let administration: [RequestMethod] = [
        .init(
            "reload", .admin, "Reads the configuration again.",
            result: .named("ReloadResult", .object([]), "What is in force now, where there is something to say.")
        ) { $0.reload($1) },
        .init(
            "terminate", .admin, "Ends the session upstream, as the event of that name does.",
            result: .named("TerminateResult", .object([]), "The session has ended.")
        ) { $0.terminateSession($1) },
    ]
}
