import ConduitCore
import NIOCore

/// What a port was sent, and nothing else.
final class Lead {
    let run: OutgoingRun
    let buffer: ByteBuffer

    init(_ run: OutgoingRun, _ buffer: ByteBuffer) {
        self.run = run
        self.buffer = buffer
    }
}

/// What ports were sent in a turn that others may be sent too. Only the newest few: a program whose ports all want
/// something else must not make every port be compared with every other, and every buffer stay until the turn's end.
struct Leads {
    static let most = 16

    private(set) var all: [Lead] = []

    mutating func add(_ lead: Lead) {
        if all.count == Self.most { all.removeFirst() }
        all.append(lead)
    }
}
