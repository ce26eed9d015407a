// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// A refusal by a limit, with its numbers.
struct LedgerRefusal: Error, Equatable {
    let kind: LedgerLimit
    /// The value of the limit.
    let value: Int
    /// The current usage.
    let held: Int
    /// The requested amount.
    let asked: Int
    let uid: UInt32
    let pid: Int32

    /// The limit's key in the configuration.
    var limit: String { kind.rawValue }

    var message: String {
        switch kind {
        case .portBytes:
            "this port has \(held) bytes of unread replies; \(asked) more would exceed its limit of \(value) (\(limit))"
        case .programBytes:
            "the ports of process \(pid) of user \(uid) have \(held) bytes of unread replies in total; "
                + "\(asked) more would exceed their limit of \(value) (\(limit))"
        case .uidBytes:
            "the ports of user \(uid) have \(held) bytes of unread replies in total; "
                + "\(asked) more would exceed their limit of \(value) (\(limit))"
        case .portRequests:
            "this port has \(held) unanswered requests; it may have \(value) (\(limit))"
        case .programRequests:
            "the ports of process \(pid) of user \(uid) have \(held) unanswered requests in total; "
                + "they may have \(value) (\(limit))"
        case .uidRequests:
            "the ports of user \(uid) have \(held) unanswered requests in total; "
                + "they may have \(value) (\(limit))"
        case .ports:
            "the daemon has \(held) ports, which is all that its limit on open files allows (\(limit))"
        case .uidPorts: "user \(uid) has \(held) ports; it may have \(value) (\(limit))"
        case .programPorts: "process \(pid) of user \(uid) has \(held) ports; it may have \(value) (\(limit))"
        }
    }

    /// The protocol error that the client receives.
    var error: ProtocolError {
        ProtocolError(
            .tooMany, message,
            hint: kind == .ports
                ? "raise \(limit) of the daemon's unit and restart it, or close ports that partyline status lists"
                : "raise \(limit) in the daemon's configuration, then: partyline reload",
            retryable: true)
    }
}
