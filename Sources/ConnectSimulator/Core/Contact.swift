// SPDX-License-Identifier: Apache-2.0
struct Contact: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case voice
        case queueCallback = "queue_callback"
        case chat, task, email

        /// Whether this is a telephone call. Only calls change the agent's state.
        var isCall: Bool { self == .voice || self == .queueCallback }
        /// The key in the routing profile's concurrency map.
        var channel: String {
            switch self {
            case .voice, .queueCallback: "VOICE"
            case .chat: "CHAT"
            case .task: "TASK"
            case .email: "EMAIL"
            }
        }
    }

    enum State: String, Sendable, CaseIterable {
        case pending, incoming, connecting, connected, missed, error, ended, rejected, paused

        var isLive: Bool {
            switch self {
            case .pending, .incoming, .connecting, .connected, .paused: true
            case .missed, .error, .ended, .rejected: false
            }
        }
    }

    enum Timer: Sendable, Equatable {
        /// The contact begins to ring.
        case pendingEnds
        /// The contact rang at the agent without an answer.
        case ringTimeout
        /// The agent's softphone accepts the contact.
        case autoAccept
        case customerAnswers
        /// The customer's telephone rang without an answer.
        case customerRingTimeout
        case thirdPartyAnswers(connectionId: String)
        /// The agent has hung up: the contact ends.
        case agentLeaves
    }

    struct Deadline: Sendable, Equatable {
        /// Epoch seconds of the caller's clock, not shifted.
        var at: Double
        var timer: Timer
    }

    var id: String
    /// Whether the control API gave it its identifier. Generated ones cannot come again.
    var hasGivenId = false
    var kind: Kind
    var state: State
    /// When `state` was entered, epoch seconds.
    var since: Double
    var isOutbound = false
    var queue: Queue?
    var queuedAt: Double
    var connections: [Connection]
    var attributes: [String: String] = [:]
    var name: String?
    var details: String?
    var references: JSON?
    var relatedContactId: String?
    /// The contact that this one was transferred from.
    var initialContactId: String?
    /// Whether the customer calls from a browser or an app, with WebRTC.
    var isWebRTC = false
    /// Whether agent and customer can send video.
    var hasVideo = false
    /// Whether it is a campaign's preview: the agent sees the customer's data before the call is made.
    var isPreview = false
    /// Whether the contact is accepted automatically; nil: not configured for this contact.
    var autoAccept: Bool?
    /// Seconds in the state pending before it rings.
    var pendingSeconds = 0.0
    var scheduledTime: Int?
    /// The template that a task was created from.
    var template: TemplateUse?
    /// The name of the agent state after a failure, one of `ControlStep.failures`.
    var failure: String?
    var deadlines: [Deadline] = []
    /// Seconds that the contact rings at the agent before it is missed.
    var ringSeconds: Double
    /// Whether the agent monitors another agent's call.
    var isMonitored = false
    /// When the agent accepted it, epoch seconds.
    var acceptedAt: Double?
    /// Whether it goes on without this agent: it was transferred, or a chat has other participants.
    var goesOn = false

    /// The agent's own connection.
    var agentIndex: Int? { connections.firstIndex(where: \.isOwn) }
    var customerIndex: Int? { connections.firstIndex { $0.isInitial } }
    var thirdPartyIndices: [Int] {
        connections.indices.filter { connections[$0].isThirdParty }
    }

    var agentConnection: Connection? { agentIndex.map { connections[$0] } }
    var customerConnection: Connection? { customerIndex.map { connections[$0] } }

    /// Whether the agent only listens to another agent's call.
    var isListening: Bool { agentConnection?.monitorStatus == .silentMonitor }

    /// Whether the agent could not have accepted it yet, or has not.
    var isBeforeAcceptance: Bool { isOffered || state == .pending }

    /// Whether the agent has hung up, although the contact has not ended yet.
    var isLeft: Bool { deadlines.contains { $0.timer == .agentLeaves } }

    /// Whether the contact rings at the agent.
    var isOffered: Bool {
        (state == .connecting || state == .incoming) && agentConnection?.state == .connecting
    }

    mutating func enter(_ state: State, at now: Double) {
        self.state = state
        since = now
    }

    mutating func setConnection(_ index: Int, _ state: Connection.State, at now: Double) {
        guard connections[index].state != state else { return }
        connections[index].state = state
        connections[index].since = now
        guard state == .disconnected else { return }
        (connections[index].isMuted, connections[index].isForcedMute) = (false, false)
    }

    /// Enters one of the states that wait to be cleared; disconnects every connection and cancels the timers.
    mutating func finish(_ state: State, at now: Double) {
        for index in connections.indices { setConnection(index, .disconnected, at: now) }
        deadlines = []
        enter(state, at: now)
    }
}
