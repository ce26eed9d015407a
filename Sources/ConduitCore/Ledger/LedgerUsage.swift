import StreamsProtocol

/// What is held, by user.
struct LedgerUsage: Equatable {
    struct User: Equatable {
        let uid: UInt32
        /// Programs that have a port.
        let programs: Int
        let ports: Int
        let bytes: Int
        let requests: Int
    }

    /// Those that have a port, by uid.
    let users: [User]

    var ports: Int { users.reduce(0) { $0 + $1.ports } }
    var bytes: Int { users.reduce(0) { $0 + $1.bytes } }
    var requests: Int { users.reduce(0) { $0 + $1.requests } }

    /// As `getStatus` shows it.
    var status: DaemonStatus.Ledger {
        .init(ports: ports, replyBytes: bytes, requests: requests, users: users.map(\.status))
    }
}

extension LedgerUsage.User {
    fileprivate var status: DaemonStatus.User {
        .init(uid: Int(uid), programs: programs, ports: ports, replyBytes: bytes, requests: requests)
    }
}
