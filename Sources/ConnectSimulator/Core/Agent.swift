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
    /// The state that the agent last chose, which is also the availability state. A call hides it and restores it when the call
    /// is cleared.
    private(set) var chosen: AgentState
    /// When `chosen` was entered, epoch seconds.
    private(set) var chosenSince: Double
    /// The state to enter once the agent has no contacts (`nextState` in the snapshot).
    var next: StampedAgentState?
    /// The state in the snapshot.
    var visible: StampedAgentState
    var softphoneEnabled: Bool
    var softphoneAutoAccept: Bool
    var deskPhone: String
    var preferences: [String: String]

    init(_ settings: InstanceSettings, state: AgentState, at now: Double) {
        chosen = state
        chosenSince = now
        visible = StampedAgentState(state: state, since: now)
        softphoneEnabled = settings.softphoneEnabled
        softphoneAutoAccept = settings.softphoneAutoAccept
        deskPhone = settings.deskPhone
        preferences = settings.preferences
    }

    mutating func choose(_ state: AgentState, at now: Double) {
        if state != chosen { chosenSince = now }
        chosen = state
        next = nil
    }
}
