/// A state the agent can be in.
struct AgentState: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case routable
        case notRoutable = "not_routable"
        case offline
        /// Set by the service while there is a call.
        case system
        /// Set by the service after a call that failed.
        case error
    }

    var arn: String?
    var kind: Kind
    var name: String
}

/// An agent state and when it was entered, epoch seconds.
struct StampedAgentState: Sendable, Equatable {
    var state: AgentState
    var since: Double
}

/// The one agent of the simulated instance.
struct Agent: Sendable, Equatable {
    /// The state the agent chose last; calls cover it and give it back.
    var chosen: AgentState
    /// What the agent chose to be after the work at hand.
    var next: StampedAgentState?
    /// What everybody sees.
    var visible: StampedAgentState
    /// When the availability last changed, epoch seconds.
    var availableSince: Double

    var softphoneEnabled: Bool
    var softphoneAutoAccept: Bool
    var deskPhone: String
    var preferences: [String: String]
}
