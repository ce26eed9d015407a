// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// The state of the sign-in (`partyline::auth`).
public struct SignInState: Equatable, Sendable {
    /// `none`, `authorizing`, `signed_in`, `degraded`, `failing`, `expired`, `refused`, `prompting` or `required`.
    public let state: String
    /// Why it is not in order.
    public let reason: String?
    /// As it was received: also `since`, `expiresAt` and `prompt`.
    public let json: JSON
}

/// The link to the service (`partyline::link`).
public struct LinkState: Equatable, Sendable {
    /// `idle`, `up`, `degraded` or `down`.
    public let state: String
    /// True if the agent's data must not be taken for the present ones.
    public let isStale: Bool
    /// Why it is not in order, as far as it was told; also of a failure that is over.
    public let lastError: String?
    /// When the daemon received the newest agent (RFC 3339); nil before the first.
    public let asOf: String?

    /// Parses the data of the event; nil if they have no state.
    package init?(_ data: JSON?) {
        guard let data, let state = data["state"]?.string else { return nil }
        self.state = state
        isStale = data["stale"]?.bool ?? false
        lastError = data["lastError"]?.string
        asOf = data["asOf"]?.string
    }
}

extension Connect {
    /// The sign-in's state: each change, and the present one at first if the sequence is made before ``start()``.
    public var onSignIn: Events<SignInState> {
        events(named: EventName.auth) { event in
            guard let data = event.data, let state = data["state"]?.string else { return nil }
            return SignInState(state: state, reason: data["reason"]?.string, json: data)
        }
    }

    /// The link to the service: each change, and the present state at first if the sequence is made before ``start()``.
    public var onLink: Events<LinkState> {
        events(named: EventName.link) { LinkState($0.data) }
    }

    /// The sign-in is no longer valid, or a request received a 401 (Streams' `onAuthFail`).
    public var onAuthFail: Events<StreamEvent> { events(named: EventName.authFail) { $0 } }
    /// A new token after ``onAuthFail``.
    public var onAuthorizeSuccess: Events<StreamEvent> { events(named: EventName.authorizeSuccess) { $0 } }
    /// The sign-in was refused too often: the daemon waits for a new one.
    public var onAuthorizeRetriesExhausted: Events<StreamEvent> {
        events(named: EventName.authorizeRetriesExhausted) { $0 }
    }
    /// Polled calls have received 21 refusals in a row.
    public var onCTIAuthorizeRetriesExhausted: Events<StreamEvent> {
        events(named: EventName.ctiAuthorizeRetriesExhausted) { $0 }
    }
    /// The agent may not use the instance.
    public var onAccessDenied: Events<StreamEvent> { events(named: EventName.accessDenied) { $0 } }
    /// A client has ended the session.
    public var onTerminated: Events<StreamEvent> { events(named: EventName.terminated) { $0 } }
    /// No websocket to the service can be opened (Streams' `onWebSocketInitFailure`).
    public var onWebSocketInitFailure: Events<StreamEvent> { events(named: EventName.webSocketInitFailure) { $0 } }
    /// A softphone page has made a session: the id of the connection.
    public var onSoftphoneSessionInit: Events<String> {
        events(named: "connection::session_init") { $0.data?["connectionId"]?.string }
    }

    /// Ends the session for everybody (Streams' `EventType.TERMINATE`). Needs the role admin.
    public func terminate() async throws { try await request("terminate") }

    /// The websocket's topics and frames.
    public var webSocketManager: WebSocketManager { WebSocketManager(connect: self) }
}

/// The daemon's websocket to the service, shared by all clients (Streams' WebSocketManager).
public struct WebSocketManager: Sendable {
    let connect: Connect

    /// Subscribes to topics of the service. The daemon keeps them over reconnections of its websocket; a client asks again
    /// after a restart of the daemon.
    public func subscribeTopics(_ topics: [String]) async throws {
        try await connect.send(EventName.webSocketSubscribe, .array(topics.map(JSON.string)))
    }

    /// Sends a frame to the service.
    public func sendMessage(topic: String, content: JSON) async throws {
        try await connect.send(EventName.webSocketSend, ["topic": .string(topic), "content": content])
    }

    public var onInitFailure: Events<StreamEvent> { connect.onWebSocketInitFailure }
    public var onConnectionGain: Events<StreamEvent> { events(EventName.webSocketConnectionGain) }
    public var onConnectionOpen: Events<StreamEvent> { events(EventName.webSocketConnectionOpen) }
    public var onConnectionClose: Events<StreamEvent> { events(EventName.webSocketConnectionClose) }
    public var onConnectionLost: Events<StreamEvent> { events(EventName.webSocketConnectionLost) }
    public var onSubscriptionUpdate: Events<StreamEvent> { events(EventName.webSocketSubscriptionUpdate) }
    public var onSubscriptionFailure: Events<StreamEvent> { events(EventName.webSocketSubscriptionFailure) }
    /// Every frame of every topic, `{topic, content}`.
    public var onAllMessage: Events<StreamEvent> { events(EventName.webSocketAllMessage) }

    /// The contents of one topic's frames.
    public func onMessage(_ topic: String) -> Events<JSON> {
        connect.events(named: EventName.webSocketAllMessage) { event in
            event.data?["topic"]?.string == topic ? event.data?["content"] ?? .null : nil
        }
    }

    private func events(_ name: String) -> Events<StreamEvent> { connect.events(named: name) { $0 } }
}
