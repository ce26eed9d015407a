import AgentModel
import StreamsProtocol

/// What the bytes of one segment say: its checkpoint, and what changed up to the first record that is not whole.
struct StateSegment {
    let generation: UInt64
    private(set) var epoch: String
    private(set) var runs: [KeptRun]
    /// Where the log ended at the checkpoint: the events from there on are in this segment.
    let floor: LogPosition
    private(set) var next: LogPosition
    private(set) var lines: [KeptLine] = []
    /// Where the checkpoint ends.
    let start: Int
    /// Where the last whole record ends.
    private(set) var end: Int
    private let bytes: [UInt8]
    // The agent and the memory are read when they are asked for: of all that were written only the last ones count.
    private var snapshot: Range<Int>?
    private var configuration: Range<Int>?
    private var memoryText: Range<Int>?

    /// Nil if there is no whole checkpoint.
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
        while let record = StateCursor.record(bytes, at: end, generation), take(record) { end = record.end }
    }

    /// The agent after the last change.
    var agent: Agent? {
        guard let snapshot = json(snapshot)?.object, let configuration = json(configuration)?.object else { return nil }
        return Agent(snapshot: AgentSnapshot(json: snapshot), configuration: AgentConfiguration(json: configuration))
    }

    /// What the derivation remembers after the last change.
    var memory: JSON { json(memoryText) ?? .null }

    /// The runs before the one that wrote last, and that one: it is over.
    var allRuns: [KeptRun] { runs + [KeptRun(epoch: epoch, last: next - 1)] }

    private func json(_ range: Range<Int>?) -> JSON? {
        range.flatMap { try? JSON(parsing: bytes[$0], depthLimit: StateFormat.depthLimit) }
    }

    /// Takes a record in, all of it or nothing; false if it makes no sense here.
    private mutating func take(_ record: StateCursor.Record) -> Bool {
        var content = record.content
        do throws(StateTorn) {
            switch record.kind {
            case .checkpoint: return false
            case .change: return try takeChange(&content)
            case .run:
                let epoch = try content.text()
                try content.finish()
                (runs, self.epoch) = (allRuns, epoch)
                return true
            }
        } catch { return false }
    }

    private mutating func takeChange(_ content: inout StateCursor) throws(StateTorn) -> Bool {
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
