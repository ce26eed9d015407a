// SPDX-License-Identifier: Apache-2.0
import DequeModule
import StreamsProtocol

/// One client's connection: a cursor into the log, and a queue of replies.
///
/// A reply carries the end of the log at its creation, and is sent after every line before that position. So a port
/// receives log lines and replies in one order, although they are stored apart. A class, because its deinitialization
/// returns its charges to the ledger.
final class Port {
    struct Reply {
        enum Content {
            /// A line, and its charge until it is sent.
            case line([UInt8], Charge)
            /// The newest agent, for a new port; encoded from the log when it is sent.
            case agent
        }

        let content: Content
        /// The reply is sent after every line of the log before this position.
        var after: LogPosition
    }

    /// The position of the next line to send.
    var cursor: LogPosition
    var interest: Interest
    var replies: Deque<Reply> = []
    /// Before this position the log is replayed: the port is sent events, but no superseded lines.
    var replaysUntil: LogPosition = 0
    /// The port has been sent `partyline::lagged` for the lines it missed up to this position.
    var reportedLoss: LogPosition
    var linesSent = 0

    let id: PortID
    /// The id that the client receives (`<ms>-<random>`).
    let name: String
    let peer: Peer
    let role: Role
    let connectedAt: Moment
    let account: PortAccount
    var badLinesInARow = 0
    /// True if the subscription asked for the contacts that are there already.
    var wantsExisting = false
    /// True once the port has sent `beginSignIn`.
    var hasBegunSignIn = false
    /// The port receives entries of the daemon's log from this level on; nil for none.
    var logLevel: LogLevel?
    var pace: RequestPace
    /// The size of the port's first agent while it may be unread. It is not charged to the port: a client must be able to
    /// read any agent once, however large.
    var firstAgentBytes = 0
    /// True once a subscription has sent the port its first agent.
    var hasFirstAgent = false
    /// The charge for bytes that the server buffers: an unfinished line, or writes that the client does not read.
    var held: Charge?
    /// The same for the part of them that is the port's first agent.
    var heldAgent: Charge?
    /// True once the port is recorded as behind the log's tail, until it catches up.
    var isLagNoted = false
    /// Set when the port closes: it is sent no line from this position on, such as the new number of ports.
    var leftAt: LogPosition?
    /// True once the port closes: it is not counted any more, but its pending output is still sent.
    var isLeaving: Bool { leftAt != nil }

    init(
        id: PortID, name: String, peer: Peer, role: Role, connectedAt: Moment, account: PortAccount,
        interest: Interest, cursor: LogPosition, pace: RequestPace
    ) {
        self.id = id
        self.name = name
        self.peer = peer
        self.role = role
        self.connectedAt = connectedAt
        self.account = account
        self.interest = interest
        self.cursor = cursor
        self.pace = pace
        reportedLoss = cursor - 1
    }

    /// Drops the queued agent, because the port has received one otherwise.
    func forgetAgentReply() {
        replies.removeAll { if case .agent = $0.content { true } else { false } }
    }
}
