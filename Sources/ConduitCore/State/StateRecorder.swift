import AgentModel

/// Bytes to be written to a segment of the state journal.
public struct StateWrite: Equatable, Sendable {
    /// The segment: 0 or 1.
    public let segment: Int
    /// The place in it.
    public let offset: Int
    /// What is to be written there.
    public let bytes: ArraySlice<UInt8>
}

/// Says what has to be written, and where, so that a restart finds the state: the hand only writes.
///
/// There are two segments, each an append-only journal that begins with a whole state. When one is full, the other is
/// begun over it. Until its first record is whole the old one counts, and from then on the old one still has the events
/// before: whenever the daemon dies, there is a state to be found, that before the last change or that after it.
public struct StateRecorder: Sendable {
    let segmentBytes: Int
    private var segment = 1
    private var generation: UInt64 = 0
    /// Where the next record goes, and from where on the segment is full.
    private var offset = 0
    private var limit = 0
    private let hasState: Bool
    // What the next checkpoint is made of.
    private var epoch = ""
    private var runs: [KeptRun] = []
    private(set) var agent: Agent?
    private var memory = JSON.null
    private var next: LogPosition = 1

    /// A recorder that goes on after what was read, or begins with nothing.
    ///
    /// - Parameter segmentBytes: how much is written to a segment after its checkpoint. What a restart finds is at least
    ///   the last so many bytes, and at most about twice as many.
    public init(after reading: StateReading, segmentBytes: Int) {
        self.segmentBytes = segmentBytes
        hasState = reading.state != nil
        guard let state = reading.state, let tail = reading.tail else { return }
        (segment, generation, offset) = (tail.segment, tail.generation, tail.end)
        limit = tail.start + segmentBytes
        (runs, agent, memory, next) = (state.runs, state.agent, state.memory, state.next)
    }

    /// A new run begins.
    ///
    /// - Parameter resumes: true if it goes on from the state that was read. It does so in the same segment, so that no
    ///   event is lost however often the daemon is started again.
    public mutating func begin(epoch: String, resumes: Bool) throws(StateFault) -> StateWrite {
        self.epoch = epoch
        guard resumes, hasState else {
            (runs, agent, memory, next) = ([], nil, .null, 1)
            return try roll()
        }
        var encoder = StateEncoder(continuing: generation, at: offset)
        try encoder.run(epoch)
        offset = encoder.end
        return write(encoder.bytes[...])
    }

    /// What is written for a draft, in this order. It is finished then: what is written is bytes of its own, and it is to be
    /// cleared before anything else is put into it.
    public mutating func record(_ draft: inout StateDraft) throws(StateFault) -> [StateWrite] {
        guard !draft.hasEvents else { throw .inTheMiddle }
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
            take(record)
        }
        if draft.bytes.count > start { writes.append(write(draft.bytes[start...])) }
        return writes
    }

    private mutating func take(_ record: StateDraft.Record) {
        if let agent = record.agent { self.agent = agent }
        if let memory = record.memory { self.memory = memory }
        next = record.next
    }

    // MARK: Segments

    private mutating func roll() throws(StateFault) -> StateWrite {
        segment = 1 - segment
        generation += 1
        var encoder = StateEncoder(beginning: generation)
        try encoder.checkpoint(epoch, runs, agent, memory, next: next)
        offset = encoder.end
        limit = offset + segmentBytes
        return write(encoder.bytes[...])
    }

    /// Bytes that end where the segment ends now.
    private func write(_ bytes: ArraySlice<UInt8>) -> StateWrite {
        StateWrite(segment: segment, offset: offset - bytes.count, bytes: bytes)
    }
}
