// SPDX-License-Identifier: Apache-2.0
import AgentModel

@testable import ConduitCore

/// The two segments of a state journal, and a model of what a restart has to find.
struct FuzzDisk {
    private(set) var segments: [[UInt8]] = [[], []]
    /// All kept events.
    private(set) var lines: [KeptLine] = []
    private(set) var next: LogPosition = 1
    private(set) var agent: AgentData?
    private(set) var memory: JSON = .null
    private var recorder = StateRecorder(after: StateCodec.read(segments: []), segmentBytes: segmentBytes)

    /// Small, so that a short script fills several segments.
    private static let segmentBytes = 3000

    /// Begins a run and returns the state that it resumes from.
    mutating func begin(epoch: String) throws(FuzzFault) -> KeptState? {
        let reading = StateCodec.read(segments: segments)
        recorder = StateRecorder(after: reading, segmentBytes: Self.segmentBytes)
        guard let write = try? recorder.begin(epoch: epoch, resumes: reading.state != nil) else {
            throw FuzzFault("the run \(epoch) could not be begun")
        }
        if reading.state != nil { segments[write.segment] = Array(segments[write.segment].prefix(write.offset)) }
        put(write, cut: .max)
        return reading.state
    }

    /// Records a draft. Only the first `cut` bytes of the last write reach the segment. Returns the changes that are
    /// complete.
    mutating func record(_ draft: inout StateDraft, cut: Int = .max) throws(FuzzFault) -> [StateChange] {
        guard let changes = try? draft.changes(), !changes.isEmpty else {
            throw FuzzFault("the draft cannot be read")
        }
        guard let writes = try? recorder.record(&draft) else {
            throw FuzzFault("changes could not be written: \(changes.map { $0.lines.map(\.position) })")
        }
        for write in writes.dropLast() { put(write, cut: .max) }
        guard let last = writes.last else { throw FuzzFault("a change was not written") }
        put(last, cut: cut)
        // The last write has the draft's bytes, and so its offsets.
        let end = last.bytes.startIndex + min(cut, last.bytes.count)
        let whole = zip(changes, draft.records).filter { $1.end <= end }.map { $0.0 }
        for change in whole {
            lines += change.lines
            next = change.next
            agent = change.agent ?? agent
            memory = change.memory ?? memory
        }
        return whole
    }

    /// Compares the state that was found with the model.
    func check(_ state: KeptState?) throws(FuzzFault) {
        guard let state else { throw FuzzFault("the state is gone") }
        try FuzzFault.unless(state.next == next, "the log goes on at \(state.next), not at \(next)")
        try FuzzFault.unless(state.agent == agent && state.memory == memory, "the agent or the memory differs")
        let expected = lines.filter { $0.position >= state.floor }
        try FuzzFault.unless(
            state.lines == expected, "of \(expected.map(\.position)) were found \(state.lines.map(\.position))")
    }

    private mutating func put(_ write: StateWrite, cut: Int) {
        segments[write.segment] = Self.written(write, to: segments[write.segment], cut: cut)
    }

    /// A segment after a write of which only the first `cut` bytes reached it.
    static func written(_ write: StateWrite, to segment: [UInt8], cut: Int = .max) -> [UInt8] {
        let bytes = write.bytes.prefix(cut)
        let end = write.offset + bytes.count
        var segment = segment
        segment += [UInt8](repeating: 0, count: max(0, end - segment.count))
        segment.replaceSubrange(write.offset..<end, with: bytes)
        return segment
    }
}
