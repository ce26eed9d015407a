// SPDX-License-Identifier: Apache-2.0

/// Identifies a connection. Never reused during a run.
public struct PortID: Hashable, Sendable, Comparable {
    public let number: UInt64

    public init(number: UInt64) { self.number = number }

    public static func < (left: PortID, right: PortID) -> Bool { left.number < right.number }
}

/// Identifies a call of the service, and thereby the recipient of its outcome.
public enum RequestTicket: Hashable, Sendable {
    /// An `api_request`: its port, and the client's id for it, unchanged (nil if there is none). It is retried as in Streams.
    case request(PortID, requestId: RawJSON?)
    /// A `call`, with a number from the conduit. It is carried out at most once: not retried if it may have
    /// taken effect.
    case call(UInt64)
}

/// Identifies a `partyline::request` that the session replies to.
public struct ReplyTicket: Hashable, Sendable {
    public let port: PortID
    public let requestId: RawJSON

    public init(port: PortID, requestId: RawJSON) { (self.port, self.requestId) = (port, requestId) }
}

/// Identifies an immediate snapshot, and thereby the recipient of its outcome.
public enum SyncTicket: Hashable, Sendable {
    /// A client's `sync`, with a number from the conduit.
    case request(UInt64)
    /// The confirmation of calls, with the number of one of them.
    case call(UInt64)
}
