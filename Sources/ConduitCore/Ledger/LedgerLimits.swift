/// How much clients may use: each port first, then all ports of a user together.
///
/// An agent's programs share one user, so the user's limits alone would let a hostile program starve its sisters. A
/// program therefore gets a part of them, and each port has a reserve, which it gets whatever the others of its user hold.
public struct LedgerLimits: Equatable, Sendable {
    /// Bytes of replies that a port may leave unread (`limits.replyBytes`).
    public var portBytes = 4 << 20
    /// Bytes of replies that all ports of a user together may leave unread (`limits.uidReplyBytes`).
    public var uidBytes = 64 << 20
    /// The same of all ports of one program, that is, of one process of a user (`limits.programReplyBytes`).
    public var programBytes = 16 << 20
    /// Requests of a port that wait for an answer (`limits.requests`).
    public var portRequests = 64
    /// Requests of all ports of a user that wait for an answer (`limits.uidRequests`).
    public var uidRequests = 256
    /// Requests of all ports of one program that wait for an answer (`limits.programRequests`).
    public var programRequests = 128
    /// Ports of a user (`limits.uidPorts`).
    public var uidPorts = 4096
    /// Ports of one program, that is, of one process of a user (`limits.programPorts`).
    public var programPorts = 2048
    /// Bytes of replies that a port may always leave unread, however many its user holds, below the port's own limit.
    public var reserveBytes = 65_536
    /// Requests that a port may always have waiting, however many its user has, below the port's own limit.
    public var reserveRequests = 4

    public init() {}
}

/// A limit that can refuse, under the name it has in the configuration.
enum LedgerLimit: String, CaseIterable {
    case portBytes = "limits.replyBytes"
    case programBytes = "limits.programReplyBytes"
    case uidBytes = "limits.uidReplyBytes"
    case portRequests = "limits.requests"
    case programRequests = "limits.programRequests"
    case uidRequests = "limits.uidRequests"
    case uidPorts = "limits.uidPorts"
    case programPorts = "limits.programPorts"
}
