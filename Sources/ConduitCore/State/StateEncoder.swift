import AgentModel
import StreamsProtocol

/// Why a state cannot be written down.
public enum StateFault: Error, Equatable, Sendable {
    /// Its places in the log do not follow one another.
    case outOfOrder(LogPosition)
    /// It is longer than a record may be.
    case tooLong(Int)
}

/// Writes records to be put at a place of a segment.
struct StateEncoder {
    private(set) var bytes: [UInt8] = []
    private let generation: UInt64
    private let offset: Int

    /// The start of a segment.
    init(beginning generation: UInt64) {
        self.generation = generation
        offset = 0
        bytes.append(contentsOf: StateFormat.magic)
        bytes.appendInteger(generation)
    }

    /// More of a segment, from that place on.
    init(continuing generation: UInt64, at offset: Int) {
        self.generation = generation
        self.offset = offset
    }

    /// Where the next record will stand.
    var end: Int { offset + bytes.count }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// A state as it is now: what comes later is relative to it.
    mutating func checkpoint(
        _ epoch: String, _ runs: [KeptRun], _ agent: Agent?, _ memory: JSON, next: LogPosition
    ) throws(StateFault) {
        try record(.checkpoint) { bytes in
            bytes.appendText(epoch)
            bytes.appendInteger(UInt32(runs.count))
            for run in runs {
                bytes.appendText(run.epoch)
                bytes.appendInteger(run.last)
            }
            bytes.appendInteger(next)
            bytes.appendJSON(agent.map { .object($0.snapshot.json) })
            bytes.appendJSON(agent.map { .object($0.configuration.json) })
            bytes.appendJSON(memory)
        }
    }

    /// The daemon was started again.
    mutating func run(_ epoch: String) throws(StateFault) { try record(.run) { $0.appendText(epoch) } }

    /// A change, without the agent's configuration where that is known already: it is long and seldom another.
    mutating func change(_ change: StateChange, after former: Agent?, next: LogPosition) throws(StateFault) {
        try StateOrder.check(change.lines, from: next, to: change.next)
        let configuration = change.agent.flatMap { $0.configuration == former?.configuration ? nil : $0.configuration }
        try record(.change) { bytes in
            bytes.appendInteger(change.next)
            bytes.appendJSON(change.agent.map { .object($0.snapshot.json) })
            bytes.appendJSON(configuration.map { .object($0.json) })
            bytes.appendJSON(change.memory)
            bytes.appendLines(change.lines)
        }
    }

    private mutating func record(_ kind: StateFormat.Kind, _ content: (inout [UInt8]) -> Void) throws(StateFault) {
        let start = bytes.count
        let place = end
        bytes.append(contentsOf: repeatElement(0, count: StateFormat.recordHeaderLength))
        content(&bytes)
        let length = bytes.count - start - StateFormat.recordHeaderLength
        guard length < Int(StateFormat.absent) else { throw .tooLong(length) }
        bytes.setInteger(UInt32(length), at: start + 8)
        bytes.setInteger(kind.rawValue, at: start + 12)
        let checksum = bytes.withUnsafeBytes {
            StateFormat.checksum(.init(rebasing: $0[(start + 8)...]), generation: generation, offset: place)
        }
        bytes.setInteger(checksum, at: start)
    }
}

/// Places in the log have to grow. What is read is held against that too: whatever a checksum says, a state that is
/// believed has an order.
enum StateOrder {
    static func check(_ lines: [KeptLine], from first: LogPosition, to next: LogPosition) throws(StateFault) {
        guard first >= 1, next <= StateFormat.lastPosition else { throw .outOfOrder(next) }
        var least = first
        for line in lines {
            guard line.position >= least, line.position < next else { throw .outOfOrder(line.position) }
            least = line.position + 1
        }
        guard least <= next else { throw .outOfOrder(next) }
    }
}

extension [UInt8] {
    fileprivate mutating func appendInteger(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func setInteger(_ value: some FixedWidthInteger, at place: Int) {
        withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: place, as: type(of: value)) }
    }

    fileprivate mutating func appendText(_ text: String?) {
        guard let text else { return appendInteger(StateFormat.absent) }
        appendInteger(UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    fileprivate mutating func appendJSON(_ value: JSON?) {
        guard let value else { return appendInteger(StateFormat.absent) }
        let start = count
        appendInteger(StateFormat.absent)
        value.write(to: &self)
        setInteger(UInt32(truncatingIfNeeded: count - start - 4), at: start)
    }

    fileprivate mutating func appendLines(_ lines: [KeptLine]) {
        appendInteger(UInt32(lines.count))
        for line in lines {
            appendInteger(line.position)
            appendInteger(line.time)
            appendText(line.name)
            appendText(line.contactId)
            appendText(line.from)
            appendInteger(UInt32(truncatingIfNeeded: line.bytes.count))
            append(contentsOf: line.bytes)
        }
    }
}
