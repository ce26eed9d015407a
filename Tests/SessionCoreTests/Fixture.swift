// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import SessionCore

/// Data that the service and clients send in these tests.
enum Fixture {
    static let endpoint = "https://x.my.connect.aws/api"
    static let authorizeEndpoint = "https://x.my.connect.aws/auth/authorize"
    static let agentAppEndpoint = "https://x.my.connect.aws/agent-app/api"
    static let taskTemplatesEndpoint = "https://x.my.connect.aws/task-templates/api/ccp"
    static let heartbeat = Array(#"{"topic":"aws/heartbeat"}"#.utf8)
    static let webSocketURL = "wss://ws.example/1?token=secret"

    static let instance = SessionSettings.Instance(
        endpoint: endpoint, authorizeEndpoint: authorizeEndpoint, agentAppEndpoint: agentAppEndpoint,
        authCookieName: "lily-auth", taskTemplatesEndpoint: taskTemplatesEndpoint,
        loginURL: "https://x.my.connect.aws/login", logoutEndpoint: "https://x.my.connect.aws/logout")

    static func configure(_ token: String = "t1", expires: JSON = "2025-01-01T20:00:00.000Z") -> JSON {
        [
            "authToken": .string(token), "authTokenExpiration": expires, "refreshToken": "r1", "region": "eu-central-1",
            "endpoint": .string(endpoint), "authorizeEndpoint": .string(authorizeEndpoint),
            "agentAppEndpoint": .string(agentAppEndpoint), "authCookieName": "lily-auth",
            "taskTemplatesEndpoint": .string(taskTemplatesEndpoint),
        ]
    }

    /// The expected HTTP call of a CTI operation.
    static func call(_ name: String, _ body: String, token: String = "t1", timeout: Int64 = 15_000) -> HTTPCall {
        HTTPCall(
            purpose: name, method: .post, url: endpoint,
            headers: [
                ("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AmazonConnectCTIService.\(name)"),
                ("X-Amz-Bearer", token),
            ], body: Array(body.utf8), timeout: timeout)
    }

    static func id(_ number: Int) -> CallID { CallID(number: number) }

    static let snapshot = #"""
        {"snapshot":{"state":{"type":"routable","name":"Available","startTimestamp":1735732000.5},"contacts":[],
        "snapshotTimestamp":1735732800.25},"nextToken":"n1"}
        """#

    static let configuration = #"""
        {"configuration":{"name":"Ann","username":"ann","softphoneEnabled":true,"softphoneAutoAccept":false,
        "extension":"","routingProfile":{"name":"Basic","routingProfileARN":"arn:rp"},"future":{"a":1}}}
        """#

    static let lists = [
        "GetAgentPermissions": #"{"permissions":["outboundCall"]}"#,
        "GetAgentStates": #"{"states":[{"type":"routable","name":"Available","agentStateARN":"arn:s"}]}"#,
        "GetDialableCountryCodes": #"{"countryCodes":["ch"]}"#,
        "GetRoutingProfileQueues": #"{"queues":[{"queueARN":"arn:q","name":"Sales"}]}"#,
    ]

    static func transport(_ url: String = webSocketURL, life: Int = 3600) -> String {
        #"{"webSocketTransport":{"url":"\#(url)","transportLifeTimeInSeconds":\#(life)}}"#
    }

    /// The expected `api_metric` of a call.
    static func metric(
        _ name: String, time: Int64 = 0, status: Int = 200, error: String? = nil, retryStatus: String = "none"
    ) throws -> SessionAction {
        let fault = (400..<500).contains(status) ? "" : #""fault":\#(status >= 500 ? 1 : 0),"#
        let text = #"""
            {"name":"\#(name)","time":\#(time),\#(error.map { #""error":\#($0),"# } ?? "")\#
            "error5xx":\#(status >= 500 ? 1 : 0),\#(fault)\#
            "dimensions":[{"name":"Category","value":"API"}],"optionalDimensions":[\#
            {"name":"HttpStatusCode","value":\#(status)},\#
            {"name":"HttpGenericStatusCode","value":"\#(status / 100)XX"},\#
            {"name":"RetryStatus","value":"\#(retryStatus)"}]}
            """#
        return .publish("api_metric", RawJSON(try JSON(parsing: text)))
    }

    /// The same error as `error` returns as text.
    static func fault(
        _ type: String, _ message: String?, _ status: Int?, retryStatus: ServiceError.RetryStatus = .none
    ) -> ServiceError {
        var error = ServiceError(type: type, message: message, status: status)
        error.retryStatus = retryStatus
        return error
    }

    static func error(_ type: String, _ message: String?, _ status: Int?, retryStatus: String = "none") -> String {
        let text = message.map { JSON.string($0).text } ?? "null"
        let code = status.map { #","statusCode":\#($0)"# } ?? ""
        return #"{"type":"\#(type)","message":\#(text),"stack":[],"retryStatus":"\#(retryStatus)"\#(code)}"#
    }
}

extension SessionHarness {
    /// A session after `configure`. Its first calls are still pending.
    static func configured(
        _ timers: SessionTimers = SessionTimers(), expires: JSON = "2025-01-01T20:00:00.000Z"
    ) throws -> SessionHarness {
        let harness = SessionHarness(timers: timers)
        harness.handle(.start)
        harness.handle(.configure(Fixture.configure(expires: expires)))
        return harness
    }

    /// A session with an agent: the configuration and a snapshot have arrived, and the next poll is pending.
    static func running() throws -> SessionHarness {
        let harness = try configured()
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.advance(100)
        harness.forget()
        return harness
    }

    /// Signed in with cookies, with an agent. The first websocket has not been opened.
    static func authorized() throws -> SessionHarness {
        let harness = SessionHarness(source: .authorize(Fixture.instance))
        harness.handle(.start)
        try harness.answer("authorize", #"{"accessToken":"t1","expiration":"2025-01-01T20:00:00.000Z"}"#)
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.forget()
        return harness
    }

    /// A running session whose first websocket has been open for a minute. The long poll is pending.
    static func connected(topics: [String] = []) throws -> SessionHarness {
        let harness = try running()
        try harness.answer("CreateTransport", Fixture.transport())
        harness.handle(.webSocket(WebSocketID(number: 1), .opened))
        if !topics.isEmpty {
            harness.handle(.subscribe(topics))
            harness.grant(1, topics)
        }
        try harness.idle(60_000)
        harness.forget()
        return harness
    }

    func completeRound() throws {
        try answer("GetAgentConfiguration", Fixture.configuration)
        for (name, body) in Fixture.lists.sorted(by: { $0.key < $1.key }) { try answer(name, body) }
    }

    /// Lets time pass while configuration rounds succeed and the long poll stays pending.
    func idle(_ milliseconds: Int64) throws {
        let end = uptime + milliseconds
        while let wait = wait(for: .configuration), uptime + wait <= end {
            advance(wait)
            if count(of: "GetAgentConfiguration") > 0 { try completeRound() }
        }
        advance(end - uptime)
    }

    @discardableResult
    func receive(_ socket: Int, _ text: String) -> [SessionAction] {
        handle(.webSocket(WebSocketID(number: socket), .text(Array(text.utf8))))
    }

    static func frame(_ status: String, _ topics: [String]) -> JSON {
        [
            "topic": "aws/subscribe",
            "content": ["status": .string(status), "topics": .array(topics.map { .string($0) })],
        ]
    }

    /// The service grants a subscription.
    @discardableResult
    func grant(_ socket: Int, _ topics: [String]) -> [SessionAction] {
        receive(socket, Self.frame("success", topics).text)
    }
}
