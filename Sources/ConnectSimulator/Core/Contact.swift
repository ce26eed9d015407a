/// A contact as the agent sees it.
struct Contact: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case voice
        case queueCallback = "queue_callback"
        case chat, task

        /// Whether it is a telephone call: these, and only these, change the agent's state.
        var isCall: Bool { self == .voice || self == .queueCallback }
        /// The key of the routing profile's concurrency map.
        var channel: String {
            switch self {
            case .voice, .queueCallback: "VOICE"
            case .chat: "CHAT"
            case .task: "TASK"
            }
        }
    }

    enum State: String, Sendable, CaseIterable {
        case incoming, connecting, connected, missed, error, ended, rejected, paused

        var isLive: Bool {
            switch self {
            case .incoming, .connecting, .connected, .paused: true
            case .missed, .error, .ended, .rejected: false
            }
        }
    }

    /// What happens by itself if nothing else happens before.
    enum Timer: Sendable, Equatable {
        /// The agent does not answer.
        case ringsOut
        /// The agent's softphone answers by itself.
        case autoAccept
        /// The customer answers the telephone.
        case customerAnswers
        /// The customer does not answer.
        case customerRingsOut
        /// The third party answers.
        case thirdPartyAnswers(connectionId: String)
    }

    struct Deadline: Sendable, Equatable {
        var at: Double
        var timer: Timer
    }

    var id: String
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
    var scheduledTime: Int?
    /// The template a task was made from.
    var template: TemplateUse?
    /// The agent state's name after a failure, out of AgentErrorStates.
    var failure: String?
    var deadlines: [Deadline] = []
    /// Seconds it rings at the agent.
    var ringSeconds: Double
    /// Whether the agent listens in on somebody else's call.
    var isMonitored = false

    var agentIndex: Int? { connections.firstIndex { $0.kind == .agent } }
    var customerIndex: Int? { connections.firstIndex { $0.isInitial } }
    var thirdPartyIndices: [Int] {
        connections.indices.filter { connections[$0].kind != .agent && !connections[$0].isInitial }
    }

    var agentConnection: Connection? { agentIndex.map { connections[$0] } }
    var customerConnection: Connection? { customerIndex.map { connections[$0] } }

    /// Whether the agent is being asked to take it.
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
        if state == .disconnected { connections[index].isMuted = false }
    }

    /// Ends it in one of the states that wait to be cleared: every line is down, nothing is due any more.
    mutating func finish(_ state: State, at now: Double) {
        for index in connections.indices { setConnection(index, .disconnected, at: now) }
        deadlines = []
        enter(state, at: now)
    }
}
