import DequeModule
import StreamsProtocol

/// One connection: a cursor into the log, and its own replies.
///
/// A reply remembers how far the log had come when it was made, and is written after everything before that. So a port
/// sees one order, log and replies together, although the two are kept apart. A class, because what it holds of the
/// ledger is given back when it goes.
final class Port {
    struct Reply {
        enum Content {
            /// A line, and what it holds of the ledger until it is sent.
            case line([UInt8], Charge)
            /// The newest agent, for a newcomer; the log has the line.
            case agent
        }

        let content: Content
        /// It comes after every line of the log before this one.
        var after: LogPosition
    }

    /// The next line of the log.
    var cursor: LogPosition
    /// What it wants of the log.
    var interest: Interest
    var replies: Deque<Reply> = []
    /// Up to here the log is replayed to it: only events, not what supersedes itself.
    var replaysUntil: LogPosition = 0
    /// Up to here it was told of losses.
    var toldLost: LogPosition
    var linesSent = 0

    let id: PortID
    /// The id that the client is told (`<ms>-<random>`).
    let name: String
    let peer: Peer
    let role: Role
    let connectedAt: Moment
    /// What it holds of the ledger.
    let account: PortAccount
    var badLinesInARow = 0
    /// The least level of the daemon's log that the port wants; nil for none.
    var logLevel: LogLevel?
    var pace: RequestPace
    /// What the hand holds for it, beyond the usual: an unfinished line, writes that the client does not take.
    var held: Charge?
    /// True while it is behind the log's tail and that was noted.
    var isLagNoted = false
    /// Set once it is being closed: it is sent no line from this place on. That it leaves is for the other ports.
    var leftAt: LogPosition?
    /// True once it is being closed: it counts no longer, but what was due to it before is still sent.
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
        toldLost = cursor - 1
    }

    /// The agent is not due to it any more: it has one.
    func forgetAgentReply() {
        replies.removeAll { if case .agent = $0.content { true } else { false } }
    }
}
