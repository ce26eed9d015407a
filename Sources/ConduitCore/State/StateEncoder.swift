import AgentModel

/// Why a state cannot be written down.
public enum StateFault: Error, Equatable, Sendable {
    /// Its places in the log do not follow one another.
    case outOfOrder(LogPosition)
    /// A change of it has not ended.
    case inTheMiddle
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

    mutating func record(_ kind: StateFormat.Kind, _ content: (inout [UInt8]) -> Void) throws(StateFault) {
        let start = bytes.count
        let place = end
        bytes.appendRecordHeader()
        content(&bytes)
        try bytes.sealRecord(kind, start..<bytes.count, generation: generation, offset: place)
    }
}
