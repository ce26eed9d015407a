// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The encoded changes since the last write to the journal, as complete records but for their headers.
///
/// Events are encoded as they occur, into a buffer that is reused. Events of a change with a new agent are copied once more,
/// because the agent comes first in a record. A header depends on the record's offset in the segment; the `StateRecorder`
/// fills it in.
public struct StateDraft: Sendable {
    struct Record {
        /// The record's range in the draft's bytes, including its header.
        let start: Int
        fileprivate(set) var end: Int
        /// The positions of its events.
        fileprivate(set) var order = StateOrder()
        /// The log's next position after this record.
        fileprivate(set) var next: LogPosition = 0
        /// nil if unchanged.
        let agent: AgentData?
        /// nil if unchanged.
        let memory: JSON?

        /// The offset of the number of its events.
        fileprivate let countOffset: Int
        fileprivate var isForEventsOnly: Bool { agent == nil && memory == nil }
        /// True if no change has ended in this record. (Log positions start at 1.)
        fileprivate var isNew: Bool { next == 0 }
    }

    private(set) var bytes: [UInt8] = []
    private(set) var records: [Record] = []
    /// The position from which a new state starts; nil if the draft continues the present one. Whatever was stored before
    /// must be erased.
    public private(set) var newStart: LogPosition?
    /// Changes that only add events share a record up to about this length: changes that share a record are restored together
    /// or not at all, and one record costs less than many. The limit keeps a segment near its intended length.
    private let recordBytes: Int
    /// The record that changes are added to.
    private var open: Record?
    /// The events of the current change, and where they begin in `bytes`.
    private var change: (start: Int, order: StateOrder)?

    /// - Parameter segmentBytes: the intended length of a segment.
    init(segmentBytes: Int) { recordBytes = segmentBytes / 128 }

    /// True if there is nothing to write.
    public var isEmpty: Bool { records.isEmpty && open == nil && newStart == nil }

    // MARK: Changes

    /// True if the current change has events.
    var hasEvents: Bool { change != nil }

    /// Adds an event to the current change.
    mutating func add(_ event: EventLog.Entry, at position: LogPosition) {
        if open == nil { begin() }
        if change == nil { change = (bytes.count, StateOrder()) }
        bytes.appendEvent(event, at: position)
        change?.order.add(position)
    }

    /// Drops everything, and starts a new state without agent and events. Clocks from before this position cannot be resumed
    /// from after a restart.
    mutating func startOver(at position: LogPosition) {
        clear()
        newStart = position
    }

    /// Ends the current change. A restart finds the whole change or nothing.
    ///
    /// - Parameters:
    ///   - next: the position of the log's next line.
    ///   - agent: the new baseline of the derivation; nil if unchanged.
    ///   - hasNewConfiguration: true if the agent's configuration has changed. Otherwise the journal contains it already.
    ///   - memory: `Derivation.memory`; nil if unchanged.
    mutating func endChange(
        next: LogPosition, agent: AgentData? = nil, hasNewConfiguration: Bool = false, memory: JSON? = nil
    ) {
        if agent != nil || memory != nil {
            beginSeparateRecord(agent, hasNewConfiguration, memory)
        } else if open == nil {
            begin()
        }
        if let change { open?.order.add(change.order) }
        open?.next = next
        change = nil
        guard let open, !open.isForEventsOnly || bytes.count - open.start >= recordBytes else { return }
        finish()
    }

    /// Closes the open record. Must not be called within a change.
    mutating func finish() {
        guard var record = open else { return }
        bytes.setInteger(record.next, at: record.start + StateFormat.recordHeaderLength)
        bytes.setInteger(record.order.count, at: record.countOffset)
        record.end = bytes.count
        records.append(record)
        open = nil
    }

    /// Writes the header of a record.
    mutating func seal(_ record: Record, generation: UInt64, offset: Int) throws(StateFault) {
        try bytes.sealRecord(.change, record.start..<record.end, generation: generation, offset: offset)
    }

    /// Empties the draft after it was written. Keeps the buffer, unless it has grown beyond `maxRetainedCapacity`.
    public mutating func clear() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.maxRetainedCapacity)
        records.removeAll(keepingCapacity: true)
        (open, change, newStart) = (nil, nil, nil)
    }

    private static let maxRetainedCapacity = 256 << 10

    // MARK: Records

    private mutating func begin(agent: AgentData? = nil, hasNewConfiguration: Bool = false, memory: JSON? = nil) {
        let start = bytes.count
        bytes.appendRecordHeader()
        bytes.appendInteger(LogPosition(0))
        bytes.appendJSON(agent.map { .object($0.snapshot.json) })
        bytes.appendJSON(hasNewConfiguration ? agent.map { .object($0.configuration.json) } : nil)
        bytes.appendJSON(memory)
        let countOffset = bytes.count
        bytes.appendInteger(UInt32(0))
        open = Record(start: start, end: start, agent: agent, memory: memory, countOffset: countOffset)
    }

    /// Begins the record of a change with an agent or memory. Moves the change's events to its end.
    private mutating func beginSeparateRecord(_ agent: AgentData?, _ hasNewConfiguration: Bool, _ memory: JSON?) {
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
