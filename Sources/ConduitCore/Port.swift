import DequeModule
import StreamsProtocol

/// Names a reply whose bytes the hand keeps until they are written.
public struct ReplyID: Hashable, Sendable {
    let number: UInt64
}

/// One connection: a cursor into the log, and its own replies.
///
/// A reply remembers how far the log had come when it was made, and is written after everything before that. So a port
/// sees one order, log and replies together, although the two are kept apart.
struct Port: Equatable {
    struct Reply: Equatable {
        let id: ReplyID
        let size: Int
        let after: LogPosition
    }

    let id: PortID
    /// The id that the client is told (`<ms>-<random>`).
    let name: String
    let peer: Peer
    let role: Role
    let connectedAt: Int64
    /// The next line of the log.
    var cursor: LogPosition
    var replies: Deque<Reply> = []
    var replyBytes = 0
    var badLinesInARow = 0
    /// The least level of the daemon's log that the port wants; nil for none.
    var logLevel: ConduitLogLevel?
    var linesSent = 0
    /// True once it is being closed: it counts no longer, but what is due to it is still sent.
    var isLeaving = false
}

/// What a port is to be sent next.
public enum OutgoingItem: Equatable, Sendable {
    /// The line of the log at that place.
    case line(LogPosition)
    /// A reply, which is then forgotten.
    case reply(ReplyID)
    /// A line made for this port just now.
    case bytes([UInt8])
}
