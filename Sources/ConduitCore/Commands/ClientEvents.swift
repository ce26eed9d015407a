// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension ClientEvent {
    /// The messages that clients can send. Any other event is ignored, as in Streams' worker, and counted.
    static let all: [ClientEvent] = [request] + port + service + recovery + session

    private static let request = ClientEvent(
        EventName.request, .presence,
        "A request to the daemon itself: answered by exactly one partyline::response.",
        data: .required(
            .object([
                .required("requestId", .requestId, "Returned in the reply."),
                .required("method", .choice(RequestMethod.all.map(\.name))),
                .optional("params", .object([])),
            ])),
        example: ["requestId": 1, "method": "getStatus"]
    ) { (conduit, port, data) throws(ProtocolError) in try conduit.request(port, data) }

    private static let port: [ClientEvent] = [
        .init(
            EventName.synchronize, .presence, "A heartbeat: answered by acknowledge, to this port alone."
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.synchronize(port, data) },
        .init(
            EventName.close, .presence, "Closes the connection, like closing the socket."
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.close(port, data) },
        .init(
            EventName.tabId, .presence, "Counts this port in a tab.",
            data: .required(.object([.required("tabId", .name(upTo: 256))])), example: ["tabId": "tab-1"]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.nameTab(port, data) },
        .init(
            EventName.masterRequest, .operator,
            "Takes a topic, or asks for its owner and takes it if it has none: answered by master_response.",
            data: .required(
                .object([
                    .optional("requestId", .requestId), .required("method", .choice(["becomeMaster", "checkMaster"])),
                    .required(
                        "params",
                        .object([
                            .required("topic", .name(upTo: 256)),
                            .optional("shouldNotBecomeMasterIfNone", .boolean, "checkMaster: never takes the topic."),
                        ])),
                ])),
            example: ["requestId": "1", "method": "becomeMaster", "params": ["topic": "connect::softphone"]]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.masterRequest(port, data) },
        .init(
            EventName.broadcast, .operator,
            "Sends {event, data} to every port, the sender too. Events that only the daemon sends are refused.",
            data: .required(.object([.required("event", .text), .optional("data", .anything)])),
            example: ["event": "contact::view", "data": ["contactId": "1234"]]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.broadcast(port, data) },
        .init(
            EventName.sendLogs, .operator,
            "Log entries: sent to every port as log, and uploaded to the service in batches.",
            data: .required(
                .list(
                    .object([
                        .optional("component", .text), .optional("level", .text), .optional("text", .text),
                        .optional("time", .anything, "RFC 3339, or milliseconds since 1970."),
                    ]))),
            example: [
                ["component": "crm", "level": "INFO", "text": "popped", "time": "2025-01-01T12:00:00.000Z"]
            ]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.sendLogs(port, data) },
    ]

    /// Messages for Amazon Connect.
    private static let service: [ClientEvent] = [
        .init(
            EventName.apiRequest, .operator, "Calls the service: answered by one api_response.",
            data: .required(
                .object([
                    .required("requestId", .requestId, "Returned in the reply."),
                    .required("method", .text, "An operation of the service, such as acceptContact."),
                    .optional("params", .object([])),
                ])),
            example: ["requestId": "1", "method": "getAgentStates", "params": [:]]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.apiRequest(port, data) },
        .init(
            EventName.webSocketSend, .operator,
            "Sends a frame to the service; not aws/subscribe, aws/unsubscribe, aws/heartbeat.",
            data: .required(.object([.required("topic", .text), .optional("content", .anything)])),
            example: ["topic": "aws/ping", "content": [:]]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.sendFrame(port, data) },
        .init(
            EventName.webSocketSubscribe, .operator, "Subscribes to topics of the service; kept over reconnections.",
            data: .required(.list(.text)), example: ["aws/chat"]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.subscribeTopics(port, data) },
        .init(
            EventName.reloadAgentConfiguration, .operator, "Fetches the agent's configuration now."
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.reloadConfiguration(port, data) },
    ]

    /// Messages for agents with a second region.
    private static let recovery: [ClientEvent] = [
        .init(
            EventName.suppress, .operator,
            "Hides contacts that are neither connected nor ended, until suppress: false, terminate, logout or a restart.",
            data: .required(
                .object([
                    .required("suppress", .boolean),
                    .optional("shouldSendFailoverDownstream", .boolean, fallback: true),
                ])),
            example: ["suppress": true]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.suppress(port, data) },
        .init(
            EventName.forceOffline, .operator, "Sent on as disasterRecovery::failover, once.",
            data: .optional(.object([.optional("offline", .boolean), .optional("nextActiveArn", .text)])),
            example: ["offline": true, "nextActiveArn": "arn:aws:connect:eu-west-2:000000000000:instance/b"]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.forceOffline(port, data) },
        .init(
            EventName.initDRPolling, .operator, "Starts to poll, once a minute, which region is active.",
            data: .required(.object([.required("instanceArn", .text), .required("otherArn", .text)])),
            example: [
                "instanceArn": "arn:aws:connect:eu-central-1:000000000000:instance/a",
                "otherArn": "arn:aws:connect:eu-west-2:000000000000:instance/b",
            ]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.initDRPolling(port, data) },
    ]

    private static let session: [ClientEvent] = [
        .init(
            EventName.configure, .admin,
            "Sets or replaces the token; ignored and counted if the daemon authorizes by itself.",
            data: .required(
                .object([
                    .required("authToken", .text), .optional("authTokenExpiration", .anything),
                    .optional("refreshToken", .serviceText), .required("region", .text),
                    .optional("endpoint", .serviceText), .optional("authorizeEndpoint", .serviceText),
                    .required("agentAppEndpoint", .text), .optional("taskTemplatesEndpoint", .serviceText),
                    .required("authCookieName", .text),
                ])),
            example: [
                "authToken": "…", "authTokenExpiration": "2025-01-01T13:00:00.000Z", "refreshToken": "…",
                "region": "eu-central-1", "endpoint": "https://example.my.connect.aws/api",
                "agentAppEndpoint": "https://example.my.connect.aws/agent-app/api", "authCookieName": "lily-auth",
            ]
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.configure(port, data) },
        .init(
            EventName.terminate, .admin,
            "Ends the session upstream; the daemon waits for the next configure, or exits (session.onTerminate)."
        ) { (conduit, port, data) throws(ProtocolError) in try conduit.terminate(port, data) },
    ]
}
