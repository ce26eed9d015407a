import ConduitCore
import NIOCore
import StreamsProtocol

/// The bytes of the log's lines and of the ports' replies: each kept once.
struct LineStore {
    /// In the order of the log. What was let go of in the middle leaves a hole, until there are many.
    private var lines: CircularBuffer<(position: LogPosition, body: LineBody?)> = []
    private var holes = 0
    private var replies: [ReplyID: ByteBuffer] = [:]
    /// Runs of lines as one buffer each, for the ports that are at the same place.
    private var runs: [(serial: UInt64, buffer: ByteBuffer)] = []

    /// How many places it has room for, holes among them.
    var places: Int { lines.count }

    mutating func append(_ position: LogPosition, _ line: LineBody) {
        lines.append((position, line))
        runs.removeAll(keepingCapacity: true)
    }

    mutating func forget(_ positions: [LogPosition]) {
        for position in positions {
            guard let place = place(of: position), lines[offset: place].body != nil else { continue }
            lines[offset: place].body = nil
            holes += 1
        }
        while let oldest = lines.first, oldest.body == nil {
            lines.removeFirst()
            holes -= 1
        }
        // A line that stays for days must not make those after it stay.
        guard holes > 1024, holes > lines.count / 2 else { return }
        lines.removeAll { $0.body == nil }
        holes = 0
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
        buffer.reserveCapacity(run.positions.reduce(0) { $0 + (line(at: $1)?.lineLength ?? 0) + room })
        for position in run.positions {
            guard let line = line(at: position) else { continue }
            buffer.writeBytes(line.bytes)
            if run.isClocked, let ending = ending(position) {
                buffer.writeBytes(ending)
            } else {
                buffer.writeStaticString(LineBody.plainEnding)
            }
        }
        if runs.count >= 16 { runs.removeAll(keepingCapacity: true) }
        runs.append((run.serial, buffer))
        return buffer
    }

    /// Some more than clock and time of a line take.
    private static let endingRoom = 96

    private func line(at position: LogPosition) -> LineBody? { place(of: position).flatMap { lines[offset: $0].body } }

    /// Where a line stands: mostly as far from the oldest as its position is, and never farther.
    private func place(of position: LogPosition) -> Int? {
        guard let first = lines.first?.position, position >= first else { return nil }
        var high = min(Int(clamping: position - first), lines.count - 1)
        if lines[offset: high].position == position { return high }
        var low = 0
        while low < high {
            let middle = (low + high) / 2
            if lines[offset: middle].position < position { low = middle + 1 } else { high = middle }
        }
        return lines[offset: low].position == position ? low : nil
    }
}

extension CircularBuffer {
    fileprivate subscript(offset offset: Int) -> Element {
        get { self[index(startIndex, offsetBy: offset)] }
        set { self[index(startIndex, offsetBy: offset)] = newValue }
    }
}
