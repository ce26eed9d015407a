// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// A decoded segment: its checkpoint, and the changes up to the first incomplete record.
struct StateSegment {
    let generation: UInt64
    private(set) var epoch: String
    private(set) var runs: [KeptRun]
    /// The end of the log at the checkpoint: this segment contains the events from this position on.
    let floor: LogPosition
    private(set) var next: LogPosition
    private(set) var lines: [KeptLine] = []
    /// The end of the checkpoint.
    let start: Int
    /// The end of the last complete record.
    private(set) var end: Int
    private let bytes: [UInt8]
    // Ranges of the last agent and memory. They are parsed on demand, because a segment contains many superseded ones.
    private var snapshot: Range<Int>?
    private var configuration: Range<Int>?
    private var memoryText: Range<Int>?

    /// Returns nil if there is no complete checkpoint.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: StateFormat.magic) else { return nil }
        var header = StateCursor(bytes, StateFormat.magic.count..<bytes.count)
        guard let generation: UInt64 = try? header.integer(), generation > 0, generation < .max,
            let record = StateCursor.record(bytes, at: StateFormat.headerLength, generation),
            record.kind == .checkpoint
        else { return nil }
        do throws(StateTorn) {
            var content = record.content
            epoch = try content.text()
            runs = try content.list { (content) throws(StateTorn) in
                KeptRun(epoch: try content.text(), last: try content.integer())
            }
            floor = try content.integer()
            snapshot = try content.range()
            configuration = try content.range()
            memoryText = try content.range()
            try content.finish()
        } catch { return nil }
        (self.bytes, self.generation, next) = (bytes, generation, floor)
        (start, end) = (record.end, record.end)
        guard (try? StateOrder().check(from: floor, to: floor)) != nil, runs.allSatisfy({ $0.last < floor }) else {
            return nil
        }
        while let record = StateCursor.record(bytes, at: end, generation), apply(record) { end = record.end }
    }

    /// The agent after the last change.
    var agent: AgentData? {
        guard let snapshot = json(snapshot)?.object, let configuration = json(configuration)?.object else { return nil }
        return AgentData(snapshot: SnapshotData(json: snapshot), configuration: AgentConfiguration(json: configuration))
    }

    /// `Derivation.memory` after the last change.
    var memory: JSON { json(memoryText) ?? .null }

    /// All runs, including the one that wrote last.
    var allRuns: [KeptRun] { runs + [KeptRun(epoch: epoch, last: next - 1)] }

    private func json(_ range: Range<Int>?) -> JSON? {
        range.flatMap { try? JSON(parsing: bytes[$0], depthLimit: StateFormat.depthLimit) }
    }

    /// Applies a record as a whole; false, without an effect, if it is not valid here.
    private mutating func apply(_ record: StateCursor.Record) -> Bool {
        var content = record.content
        do throws(StateTorn) {
            switch record.kind {
            case .checkpoint: return false
            case .change: return try applyChange(&content)
            case .run:
                let epoch = try content.text()
                try content.finish()
                (runs, self.epoch) = (allRuns, epoch)
                return true
            }
        } catch { return false }
    }

    private mutating func applyChange(_ content: inout StateCursor) throws(StateTorn) -> Bool {
        let next: LogPosition = try content.integer()
        let snapshot = try content.range()
        let configuration = try content.range()
        let memory = try content.range()
        let lines = try content.list { (content) throws(StateTorn) in try content.line() }
        try content.finish()
        var order = StateOrder()
        for line in lines { order.add(line.position) }
        guard (try? order.check(from: self.next, to: next)) != nil else { return false }
        self.next = next
        self.snapshot = snapshot ?? self.snapshot
        self.configuration = configuration ?? self.configuration
        memoryText = memory ?? memoryText
        self.lines.append(contentsOf: lines)
        return true
    }
}
