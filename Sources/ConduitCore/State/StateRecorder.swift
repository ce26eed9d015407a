// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// A write to a segment of the state journal.
public struct StateWrite: Equatable, Sendable {
    /// The segment: 0 or 1.
    public let segment: Int
    /// In bytes from the start of the segment.
    public let offset: Int
    public let bytes: ArraySlice<UInt8>
}

/// Decides what is written to the state journal, and where. The owner only performs the writes.
///
/// There are two segments, each an append-only journal that begins with a complete state. When one is full, the other is
/// overwritten from the start. Until its first record is complete, the old segment is the valid one; afterwards the old
/// segment still provides the events before it. So a crash at any time leaves a valid state: that before or after the last
/// change.
public struct StateRecorder: Sendable {
    let segmentBytes: Int
    /// The newest segment.
    public private(set) var segment = 1
    private var generation: UInt64 = 0
    /// The offset of the next record, and the offset at which the segment is full.
    private var offset = 0
    private var limit = 0
    private let hasState: Bool
    // The content of the next checkpoint.
    private var epoch = ""
    private var runs: [KeptRun] = []
    private(set) var agent: AgentData?
    private var memory = JSON.null
    private var next: LogPosition = 1

    /// Continues the journal that was read, or starts a new one.
    ///
    /// - Parameter segmentBytes: the bytes that are written to a segment after its checkpoint. A restart finds at least this
    ///   many of the last bytes, and at most about twice as many.
    public init(after reading: StateReading, segmentBytes: Int) {
        self.segmentBytes = segmentBytes
        hasState = reading.state != nil
        guard let state = reading.state, let tail = reading.tail else { return }
        (segment, generation, offset) = (tail.segment, tail.generation, tail.end)
        limit = tail.start + segmentBytes
        (runs, agent, memory, next) = (state.runs, state.agent, state.memory, state.next)
    }

    /// Begins a run.
    ///
    /// - Parameter resumes: true to continue from the state that was read, in the same segment: repeated restarts must not
    ///   evict events.
    public mutating func begin(epoch: String, resumes: Bool) throws(StateFault) -> StateWrite {
        self.epoch = epoch
        guard resumes, hasState else {
            return try startOver(at: 1)
        }
        var encoder = StateEncoder(continuing: generation, at: offset)
        try encoder.run(epoch)
        offset = encoder.end
        return write(encoder.bytes[...])
    }

    /// Forgets the recorded state. The owner must erase both segments before it performs the write, the older one first.
    public mutating func startOver(at position: LogPosition) throws(StateFault) -> StateWrite {
        forget(next: position)
        return try roll()
    }

    private mutating func forget(next position: LogPosition) {
        (runs, agent, memory, next) = ([], nil, .null, position)
    }

    /// Returns the writes for a draft, in order. The writes share the draft's buffer, so the caller must perform them and
    /// clear the draft before it adds anything to it.
    public mutating func record(_ draft: inout StateDraft) throws(StateFault) -> [StateWrite] {
        guard !draft.hasEvents else { throw .changeInProgress }
        draft.finish()
        var writes: [StateWrite] = []
        var start = 0
        for record in draft.records {
            if offset >= limit {
                if record.start > start { writes.append(write(draft.bytes[start..<record.start])) }
                writes.append(try roll())
                start = record.start
            }
            try record.order.check(from: next, to: record.next)
            try draft.seal(record, generation: generation, offset: offset)
            offset += record.end - record.start
            apply(record)
        }
        if draft.bytes.count > start { writes.append(write(draft.bytes[start...])) }
        return writes
    }

    /// Takes a draft over without writing it. The state on the disk has a gap then: only `restart` may follow.
    public mutating func absorb(_ draft: inout StateDraft) {
        if let start = draft.newStart { forget(next: start) }
        draft.finish()
        for record in draft.records { apply(record) }
    }

    /// Returns the write of a complete state without the events before it, after writes that failed.
    public mutating func restart() throws(StateFault) -> StateWrite { try roll() }

    private mutating func apply(_ record: StateDraft.Record) {
        if let agent = record.agent { self.agent = agent }
        if let memory = record.memory { self.memory = memory }
        next = record.next
    }

    // MARK: Segments

    /// Switches to the other segment and begins it with a checkpoint.
    private mutating func roll() throws(StateFault) -> StateWrite {
        segment = 1 - segment
        generation += 1
        var encoder = StateEncoder(beginning: generation)
        try encoder.checkpoint(epoch, runs, agent, memory, next: next)
        offset = encoder.end
        limit = offset + segmentBytes
        return write(encoder.bytes[...])
    }

    /// A write that ends at the current end of the segment.
    private func write(_ bytes: ArraySlice<UInt8>) -> StateWrite {
        StateWrite(segment: segment, offset: offset - bytes.count, bytes: bytes)
    }
}
