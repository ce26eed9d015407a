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
        /// The clients' log entries are being uploaded.
        case uploading
        /// The session is being ended at the service.
        case leaving
        /// The cookies are being removed.
        case forgetting
    }

    /// A request to reply to.
    struct Asked: Equatable {
        let ticket: ReplyTicket
        let moment: LogoutMoment
    }

    /// Tells the snapshot of one logout from that of another.
    let number: Int
    var stage: Stage
    /// True if neither contacts nor failures stop it.
    var isForced = false
    /// True if it waits again when a contact has come, or when something fails.
    var isForFree = false
    var asked: [Asked] = []
    /// What could not be done.
    var warnings: [String] = []

    /// False while it can still be withdrawn.
    var isUnderWay: Bool {
        switch stage {
        case .enqueuing, .waiting: false
        case .goingOffline, .checking, .uploading, .leaving, .forgetting: true
        }
    }

    /// True once a contact that is accepted now would be lost.
    var refusesCalls: Bool {
        switch stage {
        case .enqueuing, .waiting, .goingOffline, .checking: false
        case .uploading, .leaving, .forgetting: true
        }
    }
}
