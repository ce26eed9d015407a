// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// Why a state cannot be encoded.
public enum StateFault: Error, Equatable, Sendable {
    /// The positions in the log do not increase.
    case outOfOrder(LogPosition)
    /// The current change has not ended.
    case changeInProgress
    /// The content is too long for a record, in bytes.
    case tooLong(Int)
}

/// Encodes records for an offset of a segment.
struct StateEncoder {
    private(set) var bytes: [UInt8] = []
    private let generation: UInt64
    private let offset: Int

    /// Starts a segment.
    init(beginning generation: UInt64) {
        self.generation = generation
        offset = 0
        bytes.append(contentsOf: StateFormat.magic)
        bytes.appendInteger(generation)
    }

    /// Continues a segment at an offset.
    init(continuing generation: UInt64, at offset: Int) {
        self.generation = generation
        self.offset = offset
    }

    /// The offset of the next record in the segment.
    var end: Int { offset + bytes.count }

    /// Encodes the current state, which later records are relative to.
    mutating func checkpoint(
        _ epoch: String, _ runs: [KeptRun], _ agent: AgentData?, _ memory: JSON, next: LogPosition
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

    /// Encodes a restart of the daemon.
    mutating func run(_ epoch: String) throws(StateFault) { try record(.run) { $0.appendText(epoch) } }

    mutating func record(_ kind: StateFormat.Kind, _ content: (inout [UInt8]) -> Void) throws(StateFault) {
        let start = bytes.count
        let offset = end
        bytes.appendRecordHeader()
        content(&bytes)
        try bytes.sealRecord(kind, start..<bytes.count, generation: generation, offset: offset)
    }
}
