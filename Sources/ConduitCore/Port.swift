import DequeModule
import StreamsProtocol

/// Names a reply whose bytes the hand keeps until they are written.
public struct ReplyID: Hashable, Sendable {
    let number: UInt64
}

/// One connection: a cursor into the log, and its own replies.
///
/// A reply remembers how far the log had come when it was made, and is written after everything before that. So a port
/// sees one order, log and replies together, although the two are kept apart. A class, because what it holds of the
/// ledger is given back when it goes. Outside the conduit it is a name that needs no looking up.
public final class Port {
    struct Reply {
        enum Content {
            /// Bytes that the hand keeps for this port.
            case kept(ReplyID, size: Int, Charge)
            /// The newest agent, for a newcomer; told from what is kept for everybody.
            case agent
        }

        let content: Content
        /// It comes after every line of the log before this one.
        var after: LogPosition
    }

    // What is looked at for every port at every line comes first, in as few cache lines as may be.
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
    /// When it came.
    let connectedAt: Moment
    /// The same for people; asked for again and again by whoever watches the status.
    private(set) lazy var connectedAtText = Timestamp.text(milliseconds: connectedAt.wall)
    /// What it holds of the ledger.
    let account: PortAccount
    var badLinesInARow = 0
    /// The least level of the daemon's log that the port wants; nil for none.
    var logLevel: ConduitLogLevel?
    var pace: RequestPace
    /// What the hand holds for it, beyond the usual: an unfinished line, writes that the client does not take.
    var held: Charge?
    /// True while it is behind the log's tail and that was noted.
    var isLagNoted = false
    /// True once it is being closed: it counts no longer, but what is due to it is still sent.
    var isLeaving = false

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

    /// Goes on to the end of a run that another port was sent, if the same is due to this one and nothing before it: it
    /// stands where that one stood and wants the same. False if it is not; then `Conduit.next` knows what is.
    ///
    /// Most ports stand abreast. Each of them by itself would cost as much as the write that it gets.
    public func follow(_ run: OutgoingRun) -> Bool {
        guard let reach = run.reach, cursor == reach.from, interest.serial == reach.interest, replies.isEmpty,
            replaysUntil <= cursor
        else { return false }
        cursor = reach.end
        linesSent += run.positions.count
        return true
    }
}

/// What a port is to be sent now, in order. Mostly it is one thing, for which no list is made.
public struct Outgoing: Equatable, Sendable {
    /// The first of it; nil if there is nothing.
    public private(set) var first: OutgoingItem?
    /// What comes after it.
    public private(set) var rest: [OutgoingItem] = []
    /// True if there is nothing else for it until something happens.
    public internal(set) var isAll = true

    /// All of it.
    public var items: [OutgoingItem] { first.map { [$0] + rest } ?? [] }

    /// If it is a run of the log and that is all there is: other ports may be due the same (`Port.follow`).
    public var lead: OutgoingRun? {
        guard isAll, rest.isEmpty, case .run(let run) = first, run.reach != nil else { return nil }
        return run
    }

    mutating func append(_ item: OutgoingItem) {
        first == nil ? first = item : rest.append(item)
    }
}

/// Something that a port is to be sent.
public enum OutgoingItem: Equatable, Sendable {
    /// Lines of the log.
    case run(OutgoingRun)
    /// A reply, which is then forgotten.
    case reply(ReplyID)
    /// A line made for this port just now.
    case bytes([UInt8])
}

/// Lines of the log that follow one another for some ports.
public struct OutgoingRun: Equatable, Sendable {
    /// Runs of one serial are the same: ports that stand at the same place share their bytes.
    public let serial: UInt64
    /// The lines' places.
    public let positions: [LogPosition]
    /// True if each line ends with clock and time (`Conduit.ending`), false if it is sent as it stands.
    public let isClocked: Bool
    /// Who else may be sent it; nil if something was spared a port that is late or replays, or was lost to it.
    var reach: Reach?

    /// Ports of one interest at one place.
    struct Reach: Equatable {
        let interest: UInt64
        /// Where they stand.
        let from: LogPosition
        /// Where they stand after it.
        let end: LogPosition
    }
}
