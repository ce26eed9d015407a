import AgentModel

/// Bytes to be written to a segment of the state journal.
public struct StateWrite: Equatable, Sendable {
    /// The segment: 0 or 1.
    public let segment: Int
    /// The place in it.
    public let offset: Int
    /// What is to be written there.
    public let bytes: [UInt8]
}

/// Says what has to be written, and where, so that a restart finds the state: the hand only writes.
///
/// There are two segments, each an append-only journal that begins with a whole state. When one is full, the other is
/// begun over it. Until its first record is whole the old one counts, and from then on the old one still has the events
/// before: whenever the daemon dies, there is a state to be found, that before the last change or that after it.
public struct StateRecorder: Sendable {
    private let segmentBytes: Int
    private var segment = 1
    private var generation: UInt64 = 0
    /// Where the next record goes, and from where on the segment is full.
    private var offset = 0
    private var limit = 0
    private let hasState: Bool
    // What the next checkpoint is made of.
    private var epoch = ""
    private var runs: [KeptRun] = []
    private var agent: Agent?
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
        return write(encoder)
    }

    /// What is written for these changes, in this order.
    public mutating func record(_ changes: [StateChange]) throws(StateFault) -> [StateWrite] {
        var writes: [StateWrite] = []
        var encoder = StateEncoder(continuing: generation, at: offset)
        encoder.reserve(changes.reduce(0) { $0 + $1.weight })
        for change in StateChange.joined(changes, upTo: segmentBytes / 128) {
            if encoder.end >= limit {
                if !encoder.bytes.isEmpty { writes.append(write(encoder)) }
                writes.append(try roll())
                encoder = StateEncoder(continuing: generation, at: offset)
            }
            try encoder.change(change, after: agent, next: next)
            if let agent = change.agent { self.agent = agent }
            if let memory = change.memory { self.memory = memory }
            next = change.next
        }
        offset = encoder.end
        if !encoder.bytes.isEmpty { writes.append(write(encoder)) }
        return writes
    }

    // MARK: Segments

    private mutating func roll() throws(StateFault) -> StateWrite {
        segment = 1 - segment
        generation += 1
        var encoder = StateEncoder(beginning: generation)
        try encoder.checkpoint(epoch, runs, agent, memory, next: next)
        offset = encoder.end
        limit = offset + segmentBytes
        return StateWrite(segment: segment, offset: 0, bytes: encoder.bytes)
    }

    private func write(_ encoder: StateEncoder) -> StateWrite {
        StateWrite(segment: segment, offset: encoder.end - encoder.bytes.count, bytes: encoder.bytes)
    }
}

extension KeptLine {
    /// About as many bytes as it takes in a record.
    fileprivate var weight: Int { bytes.count + name.utf8.count + 128 }
}

extension StateChange {
    fileprivate var weight: Int { lines.reduce(128) { $0 + $1.weight } }

    /// Changes that only add lines as fewer, longer ones: what is whole together is found together, and one record costs
    /// less than many. They are not much longer than `most`, so that a segment is not much longer than it is meant to be.
    fileprivate static func joined(_ changes: [StateChange], upTo most: Int) -> [StateChange] {
        guard changes.count > 1 else { return changes }
        var result: [StateChange] = []
        var lines: [KeptLine] = []
        var weight = 0
        for (index, change) in changes.enumerated() {
            lines.append(contentsOf: change.lines)
            weight += change.weight
            let next = index + 1 < changes.count ? changes[index + 1] : nil
            if let next, change.addsLinesOnly, next.addsLinesOnly, weight < most { continue }
            result.append(StateChange(lines: lines, agent: change.agent, memory: change.memory, next: change.next))
            (lines, weight) = ([], 0)
        }
        return result
    }

    private var addsLinesOnly: Bool { agent == nil && memory == nil }
}
