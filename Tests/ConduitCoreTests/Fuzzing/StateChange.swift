import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// What one step of the daemon changes in what is kept, as a value: the conduit puts it down in bytes.
struct StateChange: Equatable {
    var lines: [KeptLine] = []
    var agent: Agent?
    var memory: JSON?
    var next: LogPosition = 0
}

extension StateDraft {
    /// A draft of these changes.
    init(_ changes: [StateChange], after agent: Agent? = nil, segmentBytes: Int = 8 << 20) {
        self.init(segmentBytes: segmentBytes)
        var former = agent
        for change in changes {
            add(change, after: former)
            former = change.agent ?? former
        }
    }

    mutating func add(_ change: StateChange, after former: Agent? = nil) {
        for line in change.lines {
            let entry = EventLog.Entry(
                line.name, LineBody(of: line.bytes), contactId: line.contactId, from: line.from, time: line.time)
            add(entry, at: line.position)
        }
        var unkept = UnkeptAgent()
        if let agent = change.agent { unkept.changed(from: former, to: agent) }
        endChange(
            next: change.next, agent: change.agent, hasNewConfiguration: unkept.isConfiguration, memory: change.memory)
    }

    /// What is in it, read as a restart would: changes that share a record are one.
    func changes() throws -> [StateChange] {
        var draft = self
        draft.finish()
        return try draft.records.map { record in
            var content = StateCursor(draft.bytes, (record.start + StateFormat.recordHeaderLength)..<record.end)
            let next: LogPosition = try content.integer()
            // The agent and the memory: `StateCodecTests` reads them.
            for _ in 0..<3 { _ = try content.range() }
            let lines = try content.list { (content) throws(StateTorn) in try content.line() }
            try content.finish()
            return StateChange(lines: lines, agent: record.agent, memory: record.memory, next: next)
        }
    }
}

extension StateRecorder {
    /// What is written for these changes, in this order.
    mutating func record(_ changes: [StateChange]) throws(StateFault) -> [StateWrite] {
        var draft = StateDraft(changes, after: agent, segmentBytes: segmentBytes)
        return try record(&draft)
    }
}

extension StateEncoder {
    mutating func change(_ change: StateChange) throws(StateFault) {
        var draft = StateDraft([change])
        draft.finish()
        try record(.change) { $0.append(contentsOf: draft.bytes[StateFormat.recordHeaderLength...]) }
    }
}

extension LineBody {
    /// The line with its plain ending, as the Streams dialect has it.
    var line: [UInt8] { Array(bytes) + Self.plainEnding.withUTF8Buffer { Array($0) } }
}

extension KeptLine {
    /// A line of that length, which ends as all lines do.
    static func bytes(_ count: Int) -> [UInt8] { Array(repeating: 0x61, count: count - 2) + Array("}\n".utf8) }
}
