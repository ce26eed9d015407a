// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import StreamsProtocol

/// A conduit with ports of one program, without I/O.
struct ConduitFixture: ~Copyable {
    private var conduit = Conduit(settings: ConduitSettings(epoch: "bench", access: AccessRules(ownUid: 0)))
    private var now: Int64 = 1
    private let ports: [PortID]

    init(ports count: Int) {
        ports = (0..<UInt64(count)).map { PortID(number: $0 + 1) }
        let peer = Peer(pid: 1, uid: 0, groups: [], program: "bench")
        for port in ports { _ = handle(.opened(port, peer, nonce: "nonce")) }
    }

    mutating func handle(_ event: ConduitEvent) -> Int {
        now += 1
        return conduit.handle(event, at: Moment(wall: now, uptime: now)).count
    }

    mutating func subscribe() {
        let request =
            #"{"event":"partyline::request","data":{"requestId":1,"method":"subscribe","params":{"events":["*"]}}}"#
        for port in ports { _ = handle(.line(port, Array(request.utf8))) }
    }

    /// The first port sends a line.
    mutating func send(_ line: [UInt8]) -> Int { handle(.line(ports[0], line)) }

    /// Fetches the pending batches of all ports.
    /// - Returns: the number of bytes.
    @discardableResult
    mutating func fetchAll() -> Int {
        var count = 0
        for port in ports { count += conduit.next(for: port, budget: 256 << 10)?.count ?? 0 }
        return count
    }
}
