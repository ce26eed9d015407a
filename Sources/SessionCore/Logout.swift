// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// A logout that is under way, or waits for the agent's last contact to go.
struct Logout: Equatable {
    enum Stage {
        /// Offline is being made the agent's next state.
        case enqueuing
        /// The agent still has contacts.
        case waiting
        /// The agent is being set offline.
        case goingOffline
        /// A snapshot is being taken: a contact may have come before the agent was offline.
        case checking
        /// The session is being ended at the service.
        case leaving
        /// The cookies are being removed.
        case forgetting
    }

    var stage: Stage
    /// True if neither contacts nor failures stop it.
    var isForced = false
    /// The requests to reply to.
    var tickets: [ReplyTicket]
    /// What could not be done.
    var warnings: [String] = []

    /// False while it can still be withdrawn.
    var isUnderWay: Bool {
        switch stage {
        case .enqueuing, .waiting: false
        case .goingOffline, .checking, .leaving, .forgetting: true
        }
    }
}
