/// Names a connection for as long as the daemon runs; never used twice.
public struct PortID: Hashable, Sendable, Comparable {
    public let number: UInt64

    /// The port of that number.
    public init(number: UInt64) { self.number = number }

    /// By age.
    public static func < (left: PortID, right: PortID) -> Bool { left.number < right.number }
}

/// Names a call of the service, so that its outcome finds its asker.
public enum RequestTicket: Hashable, Sendable {
    /// An `api_request`: its port, and the client's own id as it was written (nil if there was none). It is retried as
    /// Streams does.
    case request(PortID, requestId: RawJSON?)
    /// A `call`, by the conduit's number. It acts at most once: it is not made again where the service may have acted on
    /// it.
    case call(UInt64)
}

/// Names a snapshot that was asked for at once, so that its end finds its asker.
public enum SyncTicket: Hashable, Sendable {
    /// A client's `sync`, by the conduit's number.
    case request(UInt64)
    /// The confirmation of calls, by the number of one of them.
    case call(UInt64)
}
