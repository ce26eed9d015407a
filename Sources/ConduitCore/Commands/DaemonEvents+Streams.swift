// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension DaemonEvent {
    /// The events of Streams' shared worker.
    static let streams: [DaemonEvent] = ports + answers + session + webSocket + logs

    private static let ports: [DaemonEvent] = [
        .init(
            EventName.acknowledge, to: .port, for: .presence,
            "The first line of a connection. Without data: the reply to synchronize.",
            data: .optional(greeting)),
        .init(
            EventName.updateConnectedCCPs, to: .everyone,
            "A port connected, closed or named its tab. With tabId there is also a member <tabId>: {length}.",
            data: .required(
                .object([
                    .required("length", .integer, "The number of ports."), .optional("tabId", .text),
                    .optional("streamsTabsAcrossBrowser", .integer, "The number of tabs that have a port."),
                ]))),
        .init(
            EventName.agentUpdate, to: .everyone, for: .presence,
            "The whole agent: after every long poll and every refresh of the configuration, and to every new port.",
            data: .required(AgentShape.agent), isSuperseded: true),
        .init(
            EventName.terminated, to: .everyone, "A client ended the session."),
    ]

    private static let answers: [DaemonEvent] = [
        .init(
            EventName.apiResponse, to: .port, for: .presence, "The reply to an api_request, or its refusal.",
            data: .required(answer(EventName.apiResponse, .anything))),
        .init(
            EventName.masterResponse, to: .everyone,
            "The reply to a master_request, to the port that asked; to every port when a topic is taken over.",
            data: .required(answer(EventName.masterResponse, .nullable(master)))),
        .init(
            EventName.apiProxyResponse, to: .everyone,
            "The reply to an api_proxy_request that was broadcast, if session.apiProxyBase names a backend.",
            data: .required(answer(EventName.apiProxyResponse, .anything))),
    ]

    private static let session: [DaemonEvent] = [
        .init(
            EventName.authFail, to: .everyone,
            "Without data: the sign-in is no longer valid; {authorize: true}: an API request was answered with 401.",
            data: .optional(.object([.optional("authorize", .boolean)]))),
        .init(EventName.authorizeSuccess, to: .everyone, "After auth_fail: signed in again."),
        .init(EventName.accessDenied, to: .everyone, "The service denied access (403)."),
        .init(
            EventName.ctiAuthorizeRetriesExhausted, to: .everyone,
            "Polled calls received 401 for the 21st time in a row; polling continues with the next token."),
        .init(
            EventName.authorizeRetriesExhausted, to: .everyone,
            "Signing in was given up. The daemon does not send it; pages that sign in by themselves broadcast it."),
        .init(
            EventName.failover, to: .everyone, "Which region is active.",
            data: .required(.object([.optional("isPrimary", .boolean), .optional("nextActiveArn", .text)]))),
        .init(
            EventName.forceOffline, to: .everyone,
            "With data: the other region became active. Without: before each agent::update while a client forces offline.",
            data: .optional(.object([.required("softFailover", .boolean), .required("nextActiveArn", .text)]))),
    ]

    private static let webSocket: [DaemonEvent] = [
        .init(EventName.webSocketConnectionGain, to: .everyone, "A websocket opened, and none was open before."),
        .init(EventName.agentWebSocketGained, to: .everyone, "Sent with webSocket::connection_gain."),
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
            EventName.webSocketConnectionLost, to: .everyone, "No websocket is open any more; sent once.",
            data: .required(closing)),
        .init(
            EventName.agentWebSocketLost, to: .everyone, "Sent with webSocket::connection_lost.",
            data: .required(closing)),
        .init(
            EventName.webSocketInitFailure, to: .everyone,
            "No websocket could be opened; the daemon retries with backoff."),
        .init(
            EventName.webSocketSubscriptionUpdate, to: .everyone, "The service accepted a subscription.",
            data: .required(subscription)),
        .init(
            EventName.webSocketSubscriptionFailure, to: .everyone,
            "The service refused a subscription, or did not answer.",
            data: .required(subscription)),
        .init(
            EventName.webSocketAllMessage, to: .everyone, "Any other frame with a topic, unchanged.",
            data: .required(.object([.required("topic", .text), .optional("content", .anything)]))),
    ]

    private static let logs: [DaemonEvent] = [
        .init(
            EventName.apiMetric, to: .everyone, "The metric of one upstream call.",
            data: .required(
                .object([
                    .required("name", .text), .required("time", .integer, "Milliseconds."),
                    .optional("error", .nullable(.object([]))), .required("error5xx", .integer),
                    .optional("fault", .integer), .required("dimensions", .list(dimension)),
                    .required("optionalDimensions", .list(dimension)),
                ])), isSuperseded: true),
        .init(
            EventName.log, to: .everyone,
            "An entry of a client's send_logs, unchanged; or of the daemon's own log, to ports that sent setLogs.",
            data: .required(
                .object([
                    .optional("component", .anything), .optional("level", .anything), .optional("text", .anything),
                    .optional("time", .anything),
                ])), isSuperseded: true),
    ]
}

// MARK: Shapes

extension DaemonEvent {
    private static let greeting = Shape.object([
        .required("id", .text, "The port's id."),
        .required(
            "partyline",
            .object([
                .required("protocol", .integer), .required("version", .text),
                .required("epoch", .text, "Identifies this run of the daemon."),
                .required("role", .choice(Role.allCases.map(\.rawValue))),
                .required("capabilities", .list(.text), "Test these instead of the version."),
                .optional("resumed", .boolean, "Reserved: never sent by this version."),
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
