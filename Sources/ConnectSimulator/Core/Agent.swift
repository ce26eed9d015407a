// SPDX-License-Identifier: Apache-2.0
struct AgentState: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case routable
        case notRoutable = "not_routable"
        case offline
        /// Set by the service during a call.
        case system
        /// Set by the service after a failed or missed call.
        case error
    }

    var arn: String?
    var kind: Kind
    var name: String
}

struct StampedAgentState: Sendable, Equatable {
    var state: AgentState
    /// When the state was entered, epoch seconds.
    var since: Double
}

struct Agent: Sendable, Equatable {
    /// The state that the agent last chose. A call hides it and restores it when the call is cleared.
    var chosen: AgentState
    /// The state to enter once the agent has no contacts (`nextState` in the snapshot).
    var next: StampedAgentState?
    /// The state in the snapshot.
    var visible: StampedAgentState
    /// When the visible state's name last changed, epoch seconds.
    var availableSince: Double

    var softphoneEnabled: Bool
    var softphoneAutoAccept: Bool
    var deskPhone: String
    var preferences: [String: String]
}
