// SPDX-License-Identifier: Apache-2.0

/// The resource limits of clients: per port, per program and per user.
///
/// An agent's programs run as the same user, so a limit per user alone would let a hostile program starve the others. A
/// program therefore gets only a part of it, and each port has a reserve that does not depend on other ports' usage.
public struct LedgerLimits: Equatable, Sendable {
    /// Bytes of unread replies per port (`limits.replyBytes`).
    public var portBytes = 4 << 20
    /// Bytes of unread replies per user (`limits.uidReplyBytes`).
    public var uidBytes = 64 << 20
    /// Bytes of unread replies per program, that is, per process of a user (`limits.programReplyBytes`).
    public var programBytes = 16 << 20
    /// Unanswered requests per port (`limits.requests`).
    public var portRequests = 64
    /// Unanswered requests per user (`limits.uidRequests`).
    public var uidRequests = 256
    /// Unanswered requests per program (`limits.programRequests`).
    public var programRequests = 128
    /// Ports of all users. Not a key of the configuration: it follows from the limit on open files.
    public var ports = Int.max
    /// Of these, the last ones are for users with few ports.
    public var reservedPorts = 64
    /// A user with fewer ports than this may have one of the reserved ones.
    public var fewPorts = 16
    /// Ports per user (`limits.uidPorts`).
    public var uidPorts = 4096
    /// Ports per program (`limits.programPorts`).
    public var programPorts = 2048
    /// Bytes of unread replies that a port may always have, within its own limit, whatever its user holds.
    public var reserveBytes = 65_536
    /// Unanswered requests that a port may always have, within its own and its program's limit, whatever its user has.
    public var reserveRequests = 4

    public init() {}
}

/// The limits that can refuse a client, by configuration key.
enum LedgerLimit: String, CaseIterable {
    case portBytes = "limits.replyBytes"
    case programBytes = "limits.programReplyBytes"
    case uidBytes = "limits.uidReplyBytes"
    case portRequests = "limits.requests"
    case programRequests = "limits.programRequests"
    case uidRequests = "limits.uidRequests"
    case ports = "LimitNOFILE="
    case uidPorts = "limits.uidPorts"
    case programPorts = "limits.programPorts"
}
