import AgentModel
import StreamsProtocol

extension DaemonEvent {
    /// What the daemon says as Streams' shared worker does.
    static let streams: [DaemonEvent] = ports + answers + session + webSocket + logs

    private static let ports: [DaemonEvent] = [
        .init(
            EventName.acknowledge, to: .port, for: .presence,
            "The first line of a connection; and, without data, the answer to synchronize.",
            data: .optional(greeting)),
        .init(
            EventName.updateConnectedCCPs, to: .everyone,
            "A port came, went or named its tab. With tabId there is a member <tabId>: {length} too.",
            data: .required(
                .object([
                    .required("length", .integer, "How many ports there are."), .optional("tabId", .text),
                    .optional("streamsTabsAcrossBrowser", .integer, "How many tabs have a port."),
                ]))),
        .init(
            EventName.agentUpdate, to: .everyone, for: .presence,
            "The whole agent: on every long poll, on every round of the configuration, and to a port that joins.",
            data: .required(AgentShape.agent), isSuperseded: true),
        .init(
            EventName.terminated, to: .everyone, "A client ended the session."),
    ]

    private static let answers: [DaemonEvent] = [
        .init(
            EventName.apiResponse, to: .port, for: .presence, "The answer to an api_request, or its refusal.",
            data: .required(answer(EventName.apiResponse, .anything))),
        .init(
            EventName.masterResponse, to: .everyone,
            "The answer to a master_request, to the port that asked; to every port when a master is taken over.",
            data: .required(answer(EventName.masterResponse, .nullable(master)))),
        .init(
            EventName.apiProxyResponse, to: .everyone,
            "The answer to an api_proxy_request that was broadcast, where session.apiProxyBase names a backend.",
            data: .required(answer(EventName.apiProxyResponse, .anything))),
    ]

    private static let session: [DaemonEvent] = [
        .init(
            EventName.authFail, to: .everyone,
            "Without data: the sign-in is no longer valid; {authorize: true}: an API request met a 401.",
            data: .optional(.object([.optional("authorize", .boolean)]))),
        .init(EventName.authorizeSuccess, to: .everyone, "After auth_fail: signed in again."),
        .init(EventName.accessDenied, to: .everyone, "The agent may not do that."),
        .init(
            EventName.ctiAuthorizeRetriesExhausted, to: .everyone,
            "Polled calls met 21 times 401 in a row; polling goes on with the next token."),
        .init(
            EventName.authorizeRetriesExhausted, to: .everyone,
            "Signing in was given up: only pages that sign in by themselves say so."),
        .init(
            EventName.failover, to: .everyone, "Which region counts.",
            data: .required(.object([.optional("isPrimary", .boolean), .optional("nextActiveArn", .text)]))),
        .init(
            EventName.forceOffline, to: .everyone,
            "The other region became active; without data, before each update, while a client's force_offline holds.",
            data: .optional(.object([.required("softFailover", .boolean), .required("nextActiveArn", .text)]))),
    ]

    private static let webSocket: [DaemonEvent] = [
        .init(EventName.webSocketConnectionGain, to: .everyone, "A websocket where there was none."),
        .init(EventName.agentWebSocketGained, to: .everyone, "Beside webSocket::connection_gain."),
        .init(
            EventName.webSocketConnectionOpen, to: .everyone, "A websocket opened; instants and durations in ms.",
            data: .required(
                .object([
                    .required("connectWebSocketRetryCount", .integer),
                    .required("connectionAttemptStartTime", .nullable(.integer)),
                    .required("connectionEstablishedTime", .nullable(.integer)),
                    .required("noOpenConnectionsTimestamp", .nullable(.integer)),
                    .required("timeToConnect", .nullable(.integer)),
                    .required("timeWithoutConnection", .nullable(.integer)),
                ]))),
        .init(
            EventName.webSocketConnectionClose, to: .everyone, "A websocket closed.", data: .required(closing)),
        .init(
            EventName.webSocketConnectionLost, to: .everyone, "None is left; said once.", data: .required(closing)),
        .init(
            EventName.agentWebSocketLost, to: .everyone, "Beside webSocket::connection_lost.",
            data: .required(closing)),
        .init(
            EventName.webSocketInitFailure, to: .everyone,
            "There is no websocket to be had; tried again with back-off."),
        .init(
            EventName.webSocketSubscriptionUpdate, to: .everyone, "The service took a subscription.",
            data: .required(subscription)),
        .init(
            EventName.webSocketSubscriptionFailure, to: .everyone, "The service refused one, or kept silent.",
            data: .required(subscription)),
        .init(
            EventName.webSocketAllMessage, to: .everyone, "Every other frame with a topic, as it came.",
            data: .required(.object([.required("topic", .text), .optional("content", .anything)]))),
    ]

    private static let logs: [DaemonEvent] = [
        .init(
            EventName.apiMetric, to: .everyone, "One upstream call.",
            data: .required(
                .object([
                    .required("name", .text), .required("time", .integer, "Milliseconds."),
                    .optional("error", .nullable(.object([]))), .required("error5xx", .integer),
                    .optional("fault", .integer), .required("dimensions", .list(dimension)),
                    .required("optionalDimensions", .list(dimension)),
                ])), isSuperseded: true),
        .init(
            EventName.log, to: .everyone,
            "An entry of a client's send_logs, as it came; the daemon's own, to ports that asked by setLogs.",
            data: .required(
                .object([
                    .optional("component", .anything), .optional("level", .anything), .optional("text", .anything),
                    .optional("time", .anything),
                ])), isSuperseded: true),
    ]
}

// MARK: Forms

extension DaemonEvent {
    private static let greeting = Shape.object([
        .required("id", .text, "The port's id."),
        .required(
            "partyline",
            .object([
                .required("protocol", .integer), .required("version", .text),
                .required("epoch", .text, "Names this run of the daemon."),
                .required("role", .choice(Role.allCases.map(\.rawValue))),
                .required("capabilities", .list(.text), "Test these, not versions."),
                .optional("resumed", .boolean, "True where a daemon that started again took over this connection."),
            ])),
    ])

    /// `err` is the error as JSON text.
    private static func answer(_ event: String, _ data: Shape) -> Shape {
        .object([
            .required("event", .constant(event)), .optional("requestId", .anything), .optional("data", data),
            .required("err", .serviceText, "Null, or the error as JSON text."),
        ])
    }

    private static let master = Shape.object([
        .required("masterId", .serviceText), .required("topic", .text), .optional("takeOver", .boolean),
        .optional("isMaster", .boolean),
    ])

    private static let closing = Shape.object([
        .optional("openTimestamp", .integer), .required("closeTimestamp", .integer),
        .required("connectionDuration", .nullable(.integer)), .required("code", .integer),
        .required("reason", .text),
    ])

    private static let subscription = Shape.object([
        .required("topic", .constant("aws/subscribe")),
        .required(
            "content", .object([.required("status", .text), .required("topics", .list(.text))])),
    ])

    private static let dimension = Shape.object([.required("name", .text), .required("value", .anything)])
}
