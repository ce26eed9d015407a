import AgentModel
import StreamsProtocol

/// What happened since the journal was written last, as the records that it is to have there.
///
/// Events are put down as they happen, in bytes, and are not gathered first: each is copied into room that is used again and
/// again. (Those that come with an agent are copied once more: they stand after it.) All that a record lacks is its header,
/// which says where it stands; that is the `StateRecorder`'s.
public struct StateDraft: Sendable {
    struct Record {
        /// Where it begins in the bytes, with its header, and where it ends.
        let start: Int
        fileprivate(set) var end: Int
        /// The places of its events.
        fileprivate(set) var order = StateOrder()
        /// Where the log goes on after it.
        fileprivate(set) var next: LogPosition = 0
        /// What is another beside the events.
        let agent: Agent?
        let memory: JSON?

        /// Where the number of its events is written.
        fileprivate let countPlace: Int
        fileprivate var isForEventsOnly: Bool { agent == nil && memory == nil }
        /// True if no change has ended in it: the log goes on at 1 or later.
        fileprivate var isNew: Bool { next == 0 }
    }

    private(set) var bytes: [UInt8] = []
    private(set) var records: [Record] = []
    /// Changes that only add events share a record until it is about so long: what is whole together is found together,
    /// and one record costs less than many. But a segment is not to be much longer than it is meant to be.
    private let recordBytes: Int
    /// The record that is being added to.
    private var open: Record?
    /// The events of the change that is happening, and where they begin. They are in the bytes already.
    private var change: (start: Int, order: StateOrder)?

    /// A draft with nothing in it.
    ///
    /// - Parameter segmentBytes: how long a segment is meant to be.
    init(segmentBytes: Int) { recordBytes = segmentBytes / 128 }

    /// True if there is nothing to be written.
    public var isEmpty: Bool { records.isEmpty && open == nil }

    // MARK: Changes

    /// True if the change that is happening has events.
    var hasEvents: Bool { change != nil }

    /// Adds an event of the change that is happening.
    mutating func add(_ event: EventLog.Entry, at position: LogPosition) {
        if open == nil { begin() }
        if change == nil { change = (bytes.count, StateOrder()) }
        bytes.appendEvent(event, at: position)
        change?.order.add(position)
    }

    /// The change that was happening is whole: a restart finds all of it, or nothing.
    ///
    /// - Parameters:
    ///   - next: where the log's next line will stand.
    ///   - agent: the agent that events are derived from next; nil if it is the same as before.
    ///   - hasNewConfiguration: true if the agent's configuration is another than before. The journal has it already if not.
    ///   - memory: what the derivation remembers beside the agent; nil if it is the same as before.
    mutating func endChange(
        next: LogPosition, agent: Agent? = nil, hasNewConfiguration: Bool = false, memory: JSON? = nil
    ) {
        if agent != nil || memory != nil {
            setApart(agent, hasNewConfiguration, memory)
        } else if open == nil {
            begin()
        }
        if let change { open?.order.add(change.order) }
        open?.next = next
        change = nil
        guard let open, !open.isForEventsOnly || bytes.count - open.start >= recordBytes else { return }
        finish()
    }

    /// Nothing more is added to the last record. (Not in the middle of a change.)
    mutating func finish() {
        guard var record = open else { return }
        bytes.setInteger(record.next, at: record.start + StateFormat.recordHeaderLength)
        bytes.setInteger(record.order.count, at: record.countPlace)
        record.end = bytes.count
        records.append(record)
        open = nil
    }

    /// Puts a record's header before it.
    mutating func seal(_ record: Record, generation: UInt64, offset: Int) throws(StateFault) {
        try bytes.sealRecord(.change, record.start..<record.end, generation: generation, offset: offset)
    }

    /// It is written. The room stays for what comes, unless that was uncommonly much.
    public mutating func clear() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.mostRoom)
        records.removeAll(keepingCapacity: true)
        (open, change) = (nil, nil)
    }

    private static let mostRoom = 256 << 10

    // MARK: Records

    private mutating func begin(agent: Agent? = nil, hasNewConfiguration: Bool = false, memory: JSON? = nil) {
        let start = bytes.count
        bytes.appendRecordHeader()
        bytes.appendInteger(LogPosition(0))
        bytes.appendJSON(agent.map { .object($0.snapshot.json) })
        bytes.appendJSON(hasNewConfiguration ? agent.map { .object($0.configuration.json) } : nil)
        bytes.appendJSON(memory)
        let countPlace = bytes.count
        bytes.appendInteger(UInt32(0))
        open = Record(start: start, end: start, agent: agent, memory: memory, countPlace: countPlace)
    }

    /// A change with more than events has a record of its own, in which the events come last.
    private mutating func setApart(_ agent: Agent?, _ hasNewConfiguration: Bool, _ memory: JSON?) {
        let events = change.map { Array(bytes[$0.start...]) } ?? []
        bytes.removeLast(events.count)
        if let open, open.isNew {
            bytes.removeSubrange(open.start...)
            self.open = nil
        }
        finish()
        begin(agent: agent, hasNewConfiguration: hasNewConfiguration, memory: memory)
        bytes.append(contentsOf: events)
    }
}
