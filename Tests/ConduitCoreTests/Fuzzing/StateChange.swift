// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

@testable import ConduitCore

/// One change of the kept state as a value. The conduit itself encodes its changes directly.
struct StateChange: Equatable {
    var lines: [KeptLine] = []
    var agent: AgentData?
    var memory: JSON?
    var next: LogPosition = 0
}

extension StateDraft {
    init(_ changes: [StateChange], after agent: AgentData? = nil, segmentBytes: Int = 8 << 20) {
        self.init(segmentBytes: segmentBytes)
        var former = agent
        for change in changes {
            add(change, after: former)
            former = change.agent ?? former
        }
    }

    mutating func add(_ change: StateChange, after former: AgentData? = nil) {
        for line in change.lines {
            let entry = EventLog.Entry(
                line.name, LineBody(of: line.bytes), contactId: line.contactId, from: line.from, time: line.time)
            add(entry, at: line.position)
        }
        var unsaved = UnsavedAgent()
        if let agent = change.agent { unsaved.changed(from: former, to: agent) }
        endChange(
            next: change.next, agent: change.agent, hasNewConfiguration: unsaved.isConfiguration, memory: change.memory)
    }

    /// Decodes the draft as a restart would. Changes that share a record are returned as one.
    func changes() throws -> [StateChange] {
        var draft = self
        draft.finish()
        return try draft.records.map { record in
            var content = StateCursor(draft.bytes, (record.start + StateFormat.recordHeaderLength)..<record.end)
            let next: LogPosition = try content.integer()
            // Skips the agent and the memory, which `StateCodecTests` covers.
            for _ in 0..<3 { _ = try content.range() }
            let lines = try content.list { (content) throws(StateTorn) in try content.line() }
            try content.finish()
            return StateChange(lines: lines, agent: record.agent, memory: record.memory, next: next)
        }
    }
}

extension StateRecorder {
    /// The writes for these changes, in order.
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
    /// The line with the ending of the Streams dialect.
    var line: [UInt8] { Array(bytes) + Self.plainEnding.withUTF8Buffer { Array($0) } }
}

extension KeptLine {
    /// A line of `count` bytes that ends like every line.
    static func bytes(_ count: Int) -> [UInt8] { Array(repeating: 0x61, count: count - 2) + Array("}\n".utf8) }
}
