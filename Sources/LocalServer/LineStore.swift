import ConduitCore
import NIOCore

/// The bytes of the log's lines and of the ports' replies: each kept once, as one buffer.
struct LineStore {
    private var lines: CircularBuffer<ByteBuffer> = []
    private var first: LogPosition = 1
    private var replies: [ReplyID: ByteBuffer] = [:]

    mutating func append(_ position: LogPosition, _ bytes: [UInt8]) {
        if lines.isEmpty { first = position }
        lines.append(ByteBuffer(bytes: bytes))
    }

    mutating func discard(before position: LogPosition) {
        while first < position, !lines.isEmpty {
            lines.removeFirst()
            first += 1
        }
    }

    mutating func keep(_ reply: ReplyID, _ bytes: [UInt8]) { replies[reply] = ByteBuffer(bytes: bytes) }

    mutating func forget(_ reply: ReplyID) { replies[reply] = nil }

    /// The buffer of an item that is sent now; a reply is let go of.
    mutating func take(_ item: OutgoingItem) -> ByteBuffer? {
        switch item {
        case .bytes(let bytes): return ByteBuffer(bytes: bytes)
        case .reply(let id): return replies.removeValue(forKey: id)
        case .line(let position):
            guard position >= first, position < first + LogPosition(lines.count) else { return nil }
            return lines[offset: Int(position - first)]
        }
    }
}

extension CircularBuffer {
    fileprivate subscript(offset offset: Int) -> Element { self[index(startIndex, offsetBy: offset)] }
}
