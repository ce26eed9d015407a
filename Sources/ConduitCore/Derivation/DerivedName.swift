// SPDX-License-Identifier: Apache-2.0

/// The names of the events that the daemon derives from snapshots. `contact::accepted` is one of them, although it results
/// from a successful acceptContact and not from a snapshot. `contact::view` is not: a client broadcasts it.
enum DerivedName: String, CaseIterable {
    case agentInit = "agent::init"
    case agentRefresh = "agent::refresh"
    case agentRoutable = "agent::routable"
    case agentNotRoutable = "agent::not_routable"
    case agentOffline = "agent::offline"
    case agentStateChange = "agent::state_change"
    case agentError = "agent::error"
    case agentACW = "agent::acw"
    case agentEnqueuedNextState = "agent::enqueued_next_state"
    case agentClearedNextState = "agent::cleared_next_state"

    case contactInit = "contact::init"
    case contactRefresh = "contact::refresh"
    case contactIncoming = "contact::incoming"
    case contactPending = "contact::pending"
    case contactConnecting = "contact::connecting"
    case contactAccepted = "contact::accepted"
    case contactConnected = "contact::connected"
    case contactMissed = "contact::missed"
    case contactACW = "contact::acw"
    case contactEnded = "contact::ended"
    case contactError = "contact::error"
    case contactDestroyed = "contact::destroyed"
}
