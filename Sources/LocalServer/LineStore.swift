import ConduitCore
import NIOCore
import StreamsProtocol

/// The bytes of the log's lines and of the ports' replies: each kept once.
struct LineStore {
    private var lines: CircularBuffer<[UInt8]?> = []
    private var first: LogPosition = 1
    private var replies: [ReplyID: ByteBuffer] = [:]
    /// Runs of lines as one buffer each, for the ports that are at the same place.
    private var runs: [(serial: UInt64, buffer: ByteBuffer)] = []

    mutating func append(_ position: LogPosition, _ bytes: [UInt8]) {
        if lines.isEmpty { first = position }
        // Positions that are missing were lines of a former run that is not resumed.
        while first + LogPosition(lines.count) < position { lines.append(nil) }
        lines.append(bytes)
        runs.removeAll(keepingCapacity: true)
    }

    mutating func forget(_ positions: [LogPosition]) {
        for position in positions where position >= first && position < first + LogPosition(lines.count) {
            lines[offset: Int(position - first)] = nil
        }
        while let oldest = lines.first, oldest == nil {
            lines.removeFirst()
            first += 1
        }
    }

    mutating func keep(_ reply: ReplyID, _ bytes: [UInt8]) { replies[reply] = ByteBuffer(bytes: bytes) }

    mutating func forget(_ reply: ReplyID) { replies[reply] = nil }

    /// The buffer of a reply that is sent now, which is then let go of.
    mutating func take(_ reply: ReplyID) -> ByteBuffer? { replies.removeValue(forKey: reply) }

    /// The lines of a run as one buffer: one write instead of many. Ports at the same place share it.
    mutating func buffer(of run: OutgoingRun, ending: (LogPosition) -> [UInt8]?) -> ByteBuffer {
        if let known = runs.last(where: { $0.serial == run.serial }) { return known.buffer }
        var buffer = ByteBuffer()
        let room = run.isClocked ? Self.endingRoom : 0
        buffer.reserveCapacity(run.positions.reduce(0) { $0 + (line(at: $1)?.count ?? 0) + room })
        for position in run.positions {
            guard let line = line(at: position) else { continue }
            if run.isClocked, let ending = ending(position) {
                buffer.writeBytes(line.dropLast(ServerLine.plainEndingLength))
                buffer.writeBytes(ending)
            } else {
                buffer.writeBytes(line)
            }
        }
        if runs.count >= 16 { runs.removeAll(keepingCapacity: true) }
        runs.append((run.serial, buffer))
        return buffer
    }

    /// Some more than clock and time of a line take.
    private static let endingRoom = 96

    private func line(at position: LogPosition) -> [UInt8]? {
        guard position >= first, position < first + LogPosition(lines.count) else { return nil }
        return lines[offset: Int(position - first)]
    }
}

extension CircularBuffer {
    fileprivate subscript(offset offset: Int) -> Element {
        get { self[index(startIndex, offsetBy: offset)] }
        set { self[index(startIndex, offsetBy: offset)] = newValue }
    }
}
