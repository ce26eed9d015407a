import StreamsProtocol

/// What was not granted, by which limit, and the numbers.
struct LedgerRefusal: Error, Equatable {
    let kind: LedgerLimit
    /// What the limit allows.
    let value: Int
    /// What is held already of what the limit counts.
    let held: Int
    /// How much more was asked for.
    let asked: Int
    let uid: UInt32
    let pid: Int32

    /// The limit's key in the configuration.
    var limit: String { kind.rawValue }

    /// What happened, for people.
    var message: String {
        switch kind {
        case .portBytes:
            "this port has \(held) bytes of unread replies; \(asked) more would exceed its \(value) (\(limit))"
        case .programBytes:
            "the ports of process \(pid) of user \(uid) have \(held) bytes of unread replies together; "
                + "\(asked) more would exceed their \(value) (\(limit))"
        case .uidBytes:
            "the ports of user \(uid) have \(held) bytes of unread replies together; "
                + "\(asked) more would exceed their \(value) (\(limit))"
        case .portRequests:
            "this port has \(held) requests that wait for an answer; it may have \(value) (\(limit))"
        case .programRequests:
            "the ports of process \(pid) of user \(uid) have \(held) requests together that wait for an answer; "
                + "they may have \(value) (\(limit))"
        case .uidRequests:
            "the ports of user \(uid) have \(held) requests together that wait for an answer; "
                + "they may have \(value) (\(limit))"
        case .uidPorts: "user \(uid) has \(held) ports; it may have \(value) (\(limit))"
        case .programPorts: "process \(pid) of user \(uid) has \(held) ports; it may have \(value) (\(limit))"
        }
    }

    /// The same as the client is told it.
    var error: ProtocolError {
        ProtocolError(
            .tooMany, message, hint: "raise \(limit) in the daemon's configuration, then: partyline reload",
            retryable: true)
    }
}
