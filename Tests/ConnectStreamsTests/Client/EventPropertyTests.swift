// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConnectStreams

/// One line of the daemon for each sequence of the objects, and what the sequence makes of it.
@Suite("Each sequence hears its event")
struct EventPropertyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let event: String
        let data: JSON?
        let expected: String
        /// Makes the sequence; what it returns reads the first element, as a text.
        let listen: @Sendable (Connect) -> @Sendable () async throws -> String?

        init<Element: Sendable>(
            _ event: String, _ data: JSON?, _ expected: String,
            _ events: @escaping @Sendable (Connect) -> Events<Element>,
            _ text: @escaping @Sendable (Element) -> String
        ) {
            (self.event, self.data, self.expected) = (event, data, expected)
            listen = { connect in
                let sequence = events(connect)
                return {
                    for try await element in sequence { return text(element) }
                    return nil
                }
            }
        }

        var testDescription: String { "\(event) → \(expected)" }
    }

    private static let session = [
        Row("auth_fail", nil, "auth_fail", \.onAuthFail, \.name),
        Row("authorize_success", nil, "authorize_success", \.onAuthorizeSuccess, \.name),
        Row(
            "authorize_retries_exhausted", nil, "authorize_retries_exhausted", \.onAuthorizeRetriesExhausted, \.name),
        Row(
            "cti_authorize_retries_exhausted", nil, "cti_authorize_retries_exhausted", \.onCTIAuthorizeRetriesExhausted,
            \.name),
        Row("access_denied", nil, "access_denied", \.onAccessDenied, \.name),
        Row("terminated", nil, "terminated", \.onTerminated, \.name),
        Row("connection::session_init", ["connectionId": "leg"], "leg", \.onSoftphoneSessionInit, \.self),
        Row("contact::view", ["contactId": "a"], "a", \.onViewContact) { $0.contact?.contactId ?? "none" },
        // A page's word for no contact.
        Row("contact::view", ["contactId": ""], "none", \.onViewContact) { $0.contact?.contactId ?? "none" },
        Row("partyline::auth", ["state": "expired", "reason": "late"], "expired late", \.onSignIn) {
            "\($0.state) \($0.reason ?? "")"
        },
        Row("partyline::link", ["state": "down", "stale": true], "down true", \.onLink) { "\($0.state) \($0.isStale)" },
    ]

    private static let webSocket = [
        Row("webSocket::init_failure", nil, "webSocket::init_failure", \.onWebSocketInitFailure, \.name),
        Row("webSocket::init_failure", nil, "webSocket::init_failure", \.webSocketManager.onInitFailure, \.name),
        Row(
            "webSocket::connection_gain", nil, "webSocket::connection_gain", \.webSocketManager.onConnectionGain, \.name
        ),
        Row(
            "webSocket::connection_open", nil, "webSocket::connection_open", \.webSocketManager.onConnectionOpen, \.name
        ),
        Row(
            "webSocket::connection_close", nil, "webSocket::connection_close", \.webSocketManager.onConnectionClose,
            \.name),
        Row(
            "webSocket::connection_lost", nil, "webSocket::connection_lost", \.webSocketManager.onConnectionLost, \.name
        ),
        Row(
            "webSocket::subscription_update", nil, "webSocket::subscription_update",
            \.webSocketManager.onSubscriptionUpdate, \.name),
        Row(
            "webSocket::subscription_failure", nil, "webSocket::subscription_failure",
            \.webSocketManager.onSubscriptionFailure, \.name),
        Row(
            "webSocket::all_message", ["topic": "aws/chat", "content": "{}"], "aws/chat",
            \.webSocketManager.onAllMessage
        ) { $0.data?["topic"]?.string ?? "" },
        Row(
            "webSocket::all_message", ["topic": "aws/chat", "content": "text"], "text",
            { $0.webSocketManager.onMessage("aws/chat") }
        ) { $0.string ?? "" },
    ]

    private static let states: JSON = [
        "oldState": "Available", "newState": "Lunch",
        "agent": ["name": "Robin", "state": ["name": "Lunch"], "nextState": ["name": "Offline"]],
    ]

    private static func agent(
        _ event: String, _ events: @escaping @Sendable (Agent) -> Events<AgentEvent>
    ) -> Row {
        Row("agent::\(event)", states, "Lunch, then Offline", { events(Agent(connect: $0)) }) {
            "\($0.state?.name ?? ""), then \($0.nextState?.name ?? "")"
        }
    }

    private static func device(
        _ what: String, _ events: @escaping @Sendable (Agent) -> Events<DeviceChange>
    ) -> Row {
        Row("configuration::\(what)_device_changed", ["deviceId": "d"], "d", { events(Agent(connect: $0)) }, \.deviceId)
    }

    private static let agents = [
        agent("init", \.onInit), agent("refresh", \.onRefresh), agent("routable", \.onRoutable),
        agent("not_routable", \.onNotRoutable), agent("offline", \.onOffline), agent("error", \.onError),
        agent("acw", \.onAfterCallWork), agent("enqueued_next_state", \.onEnqueuedNextState),
        agent("cleared_next_state", \.onClearedNextState),
        agent("websocket_connection_gained", \.onWebSocketConnectionGained),
        agent("websocket_connection_lost", \.onWebSocketConnectionLost),
        Row("agent::state_change", states, "Available, Lunch", { Agent(connect: $0).onStateChange }) {
            "\($0.oldState), \($0.newState)"
        },
        Row("agent::mute_toggle", ["muted": true], "true", { Agent(connect: $0).onMuteToggle }, \.description),
        Row(
            "agent::local_media_stream_created", ["connectionId": "leg"], "leg",
            { Agent(connect: $0).onLocalMediaStreamCreated }, \.self),
        device("speaker", \.onSpeakerDeviceChanged), device("microphone", \.onMicrophoneDeviceChanged),
        device("ringer", \.onRingerDeviceChanged), device("camera", \.onCameraDeviceChanged),
        Row(
            "configuration::background_blur_changed", ["isBackgroundBlurEnabled": true], "true",
            { Agent(connect: $0).onBackgroundBlurChanged }, \.description),
    ]

    private static func contact(
        _ event: String, _ events: @escaping @Sendable (Connect) -> Events<ContactEvent>
    ) -> Row {
        let data: JSON = ["contactId": "a", "contact": ["contactId": "a", "state": ["type": "connected"]]]
        return Row("contact::\(event)", data, "a connected", events) {
            "\($0.contact.contactId) \($0.data.stateType?.rawValue ?? "")"
        }
    }

    private static let contacts =
        [
            contact("init", \.onContact), contact("pending", \.onContactPending),
            contact("connecting", \.onContactConnecting), contact("connected", \.onContactConnected),
            contact("ended", \.onContactEnded), contact("destroyed", \.onContactDestroyed),
            contact("refresh") { $0.contact("a").onRefresh }, contact("incoming") { $0.contact("a").onIncoming },
            contact("pending") { $0.contact("a").onPending }, contact("connecting") { $0.contact("a").onConnecting },
            contact("connected") { $0.contact("a").onConnected }, contact("accepted") { $0.contact("a").onAccepted },
            contact("missed") { $0.contact("a").onMissed }, contact("acw") { $0.contact("a").onACW },
            contact("error") { $0.contact("a").onError }, contact("ended") { $0.contact("a").onEnded },
            contact("destroyed") { $0.contact("a").onDestroy },
        ]
        + [
            Row(
                "contact::screen_sharing_started", ["contactId": "a"], "a", { $0.contact("a").onScreenSharingStarted }
            ) { $0.contactId ?? "" },
            Row(
                "contact::screen_sharing_stopped", ["contactId": "a"], "a", { $0.contact("a").onScreenSharingStopped }
            ) { $0.contactId ?? "" },
            Row("contact::screen_sharing_error", ["contactId": "a"], "a", { $0.contact("a").onScreenSharingError }) {
                $0.contactId ?? ""
            },
        ]

    private static func deliver(_ event: String, _ data: JSON?, to connect: Connect) throws {
        var line = JSONObject([("event", .string(event)), ("clock", "e:2"), ("time", "2026-12-01T10:00:00.000Z")])
        line["data"] = data
        let message = try ServerMessage(line: Array(JSON.object(line).text.utf8))
        connect.hub.deliver(.event(try #require(StreamEvent(message))))
    }

    @Test(
        "a sequence has one element for its event, and none for another",
        arguments: session + webSocket + agents + contacts)
    func hears(row: Row) async throws {
        let connect = try Connect(path: "/nonexistent")
        let first = row.listen(connect)
        try Self.deliver("crm::other", row.data, to: connect)
        try Self.deliver(row.event, row.data, to: connect)
        connect.hub.end(nil)
        #expect(try await first() == row.expected)
        let closed = try Connect(path: "/nonexistent")
        let silent = row.listen(closed)
        try Self.deliver("crm::other", row.data, to: closed)
        closed.hub.end(nil)
        #expect(try await silent() == nil)
    }

    @Test("replies to this client alone have no clock, and are events all the same; other lines without one are none")
    func replies() throws {
        for (name, isEvent) in [("log", true), ("master_response", true), ("api_response", false)] {
            let message = try ServerMessage(line: Array(#"{"event":"\#(name)","data":{"a":1}}"#.utf8))
            #expect((StreamEvent(message, at: "e:7")?.clock == "e:7") == isEvent)
        }
    }

    @Test("a contact's sequence does not hear of another contact")
    func others() async throws {
        let connect = try Connect(path: "/nonexistent")
        let events = connect.contact("a").onConnected
        try Self.deliver("contact::connected", ["contactId": "b", "contact": ["contactId": "b"]], to: connect)
        connect.hub.end(nil)
        for try await event in events { Issue.record("\(event)") }
    }

    @Test(
        "the kinds of softphone errors, with text and end point",
        arguments: [
            ("unsupported_browser", .unsupportedBrowser), ("microphone_not_shared", .microphoneNotShared),
            ("signalling_handshake_failure", .signallingHandshakeFailure),
            ("signalling_connection_failure", .signallingConnectionFailure),
            ("ice_collection_timeout", .iceCollectionTimeout), ("user_busy_error", .userBusyError),
            ("webrtc_error", .webRTCError), ("realtime_communication_error", .realtimeCommunicationError),
        ] as [(String, SoftphoneErrorType)])
    func softphoneErrors(word: String, expected: SoftphoneErrorType) async throws {
        let connect = try Connect(path: "/nonexistent")
        let errors = Agent(connect: connect).onSoftphoneError
        try Self.deliver(
            "agent::softphone_error",
            ["errorType": .string(word), "errorMessage": "why", "endPointUrl": "wss://example.com"], to: connect)
        connect.hub.end(nil)
        var heard: [SoftphoneError] = []
        for try await error in errors { heard.append(error) }
        #expect(heard.map(\.errorType) == [expected])
        #expect(heard.first?.errorMessage == "why" && heard.first?.endPointUrl == "wss://example.com")
    }

    @Test("a closure is called with each event, until its registration is cancelled; then it is told the end")
    func closure() async throws {
        let connect = try Connect(path: "/nonexistent")
        let (calls, told) = AsyncStream<String>.makeStream()
        let registration = connect.onAuthFail {
            told.yield("ended \($0.map { "\($0)" } ?? "well")")
        } _: { event in
            told.yield(event.name)
        }
        try Self.deliver("auth_fail", nil, to: connect)
        var heard = calls.makeAsyncIterator()
        #expect(await heard.next() == "auth_fail")
        registration.unsubscribe()
        #expect(await heard.next() == "ended well")
        try Self.deliver("auth_fail", nil, to: connect)
        #expect(connect.hub.count == 0)
    }

    @Test("agent() before the first data returns with them")
    func agentLater() async throws {
        let connect = try Connect(path: "/nonexistent")
        #expect(connect.state.begins())
        let waiting = Task { try await connect.agent() }
        while connect.state.waiting == 0 { await Task.yield() }
        let answer: JSON = ["clock": "e:1", "fresh": true, "snapshot": ["snapshot": ["state": ["name": "Lunch"]]]]
        connect.state.note(.subscribed(Subscribed(json: answer))) {}
        #expect(try await waiting.value.state?.name == "Lunch")
    }
}

@Suite("Actions that are refused before they are sent")
struct ActionTests {
    private static func connect(_ agent: JSON) throws -> Connect {
        let connect = try Connect(path: "/nonexistent")
        connect.state.note(.subscribed(Subscribed(json: ["clock": "e:1", "fresh": true, "snapshot": agent]))) {}
        return connect
    }

    @Test("a call without a queue, where the routing profile has none for outbound calls")
    func noQueue() async throws {
        let agent = Agent(connect: try Self.connect(["snapshot": [:], "configuration": ["routingProfile": [:]]]))
        let error = await #expect(throws: ValueError.self) { try await agent.dial(.phoneNumber("+12065550100")) }
        #expect(error?.message.contains("queueARN must be provided") == true)
    }

    @Test("a state that the agent does not have names those that there are")
    func noState() async throws {
        let states: JSON = [["name": "Available"], ["name": "Lunch"]]
        let agent = Agent(connect: try Self.connect(["snapshot": [:], "configuration": ["agentStates": states]]))
        let error = await #expect(throws: ValueError.self) { try await agent.setState(named: "Break") }
        #expect(error?.message == "the agent has no state Break; there are Available, Lunch")
    }

    @Test("a subscription by hand would end the client's own", arguments: ["subscribe", "unsubscribe"])
    func subscription(method: String) async throws {
        let connect = try Self.connect(["snapshot": [:]])
        let error = await #expect(throws: ValueError.self) { try await connect.request(method) }
        #expect(error?.message.contains("use events(_:)") == true)
    }

    @Test("without data every object says so; a contact and a leg that are gone are named")
    func stateErrors() throws {
        let empty = try Connect(path: "/nonexistent")
        #expect(throws: StateError("No agent data is available yet!")) { try Agent(connect: empty).state }
        let contact: JSON = ["contactId": "a", "connections": []]
        let connect = try Self.connect(["snapshot": ["contacts": [contact]]])
        #expect(throws: StateError("Contact b no longer exists.")) { try connect.contact("b").stateType }
        let leg = VoiceConnection(contactId: "a", connectionId: "x", connect: connect)
        #expect(throws: StateError("Connection x for contact a no longer exists.")) { try leg.stateType }
    }
}

@Suite("Log entries of a client")
struct StreamsLogTests {
    @Test(
        "an entry has Streams' form, at each level",
        arguments: [
            (.test, "TEST"), (.trace, "TRACE"), (.debug, "DEBUG"), (.info, "INFO"), (.log, "LOG"), (.warn, "WARN"),
            (.error, "ERROR"), (.critical, "CRITICAL"),
        ] as [(StreamsLogLevel, String)])
    func entries(level: StreamsLogLevel, word: String) throws {
        let log = try Connect(path: "/nonexistent").log(component: "softphone")
        let entry = log.entry(level, "text", ValueError("why"), [["a": 1]])
        #expect(entry["level"] == .string(word) && entry["component"] == "softphone" && entry["text"] == "text")
        #expect(entry["exception"]?["type"] == "ValueError" && entry["exception"]?["message"] == "why")
        #expect(entry["objects"] == [["a": 1]])
        #expect(entry["time"]?.string.flatMap(Timestamp.milliseconds) != nil)
        #expect(log.entry(level, "text", nil, [])["exception"] == nil)
    }
}
