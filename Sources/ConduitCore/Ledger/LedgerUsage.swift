// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Current usage by user.
struct LedgerUsage: Equatable {
    struct User: Equatable {
        let uid: UInt32
        /// Number of programs that have a port.
        let programs: Int
        let ports: Int
        let bytes: Int
        let requests: Int
    }

    /// Users with at least one port, sorted by uid.
    let users: [User]

    var ports: Int { users.reduce(0) { $0 + $1.ports } }
    var bytes: Int { users.reduce(0) { $0 + $1.bytes } }
    var requests: Int { users.reduce(0) { $0 + $1.requests } }

    /// In the form of `getStatus`.
    var status: DaemonStatus.Ledger {
        .init(ports: ports, replyBytes: bytes, requests: requests, users: users.map(\.status))
    }
}

extension LedgerUsage.User {
    fileprivate var status: DaemonStatus.User {
        .init(uid: Int(uid), programs: programs, ports: ports, replyBytes: bytes, requests: requests)
    }
}
