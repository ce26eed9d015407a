// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

extension [UInt8] {
    fileprivate func contains(subsequence: some Collection<UInt8>) -> Bool {
        indices.contains { self[$0...].starts(with: subsequence) }
    }
}

@Suite("State drafts")
struct StateDraftTests {
    private func line(_ position: LogPosition) -> KeptLine {
        KeptLine(position: position, name: "a::b", from: "p", time: 7, bytes: KeptLine.bytes(20))
    }

    private func agent(_ state: String) -> AgentData {
        AgentData(
            snapshot: SnapshotData(json: JSONObject([("state", .string(state))])),
            configuration: AgentConfiguration(json: JSONObject([("name", "Ann")])))
    }

    @Test("changes that only add events share a record; one with an agent or a memory has its own")
    func records() throws {
        let changes = [
            StateChange(lines: [line(1)], next: 2), StateChange(lines: [line(2), line(3)], next: 5),
            StateChange(lines: [line(5)], agent: agent("A"), memory: ["m": 1], next: 6),
            StateChange(agent: agent("B"), next: 6), StateChange(memory: .null, next: 6),
            StateChange(lines: [line(6)], next: 7), StateChange(next: 9),
        ]
        let draft = StateDraft(changes)
        #expect(
            try draft.changes() == [
                StateChange(lines: [line(1), line(2), line(3)], next: 5), changes[2], changes[3], changes[4],
                StateChange(lines: [line(6)], next: 9),
            ])
    }

    @Test("a record above a length is not extended")
    func length() throws {
        let changes = (1...10 as ClosedRange<LogPosition>).map { StateChange(lines: [line($0)], next: $0 + 1) }
        let records = try StateDraft(changes, segmentBytes: 200 * 128).changes()
        #expect(records.map(\.lines.count) == [3, 3, 3, 1])
        #expect(try StateDraft(changes).changes().count == 1)
    }

    @Test("events are in the record of their own change's agent, not of a later change's")
    func apart() throws {
        for before in [[], [line(1)]] {
            var draft = StateDraft([], after: agent("A"))
            if !before.isEmpty { draft.add(StateChange(lines: before, next: 2)) }
            draft.add(StateChange(lines: [line(2), line(3)], agent: agent("B"), next: 4), after: agent("A"))
            let last = StateChange(lines: [line(2), line(3)], agent: agent("B"), next: 4)
            #expect(try draft.changes() == (before.isEmpty ? [] : [StateChange(lines: before, next: 2)]) + [last])
            // The configuration was written before.
            #expect(!String(decoding: draft.bytes, as: UTF8.self).contains("Ann"))
        }
    }

    @Test("a cleared draft is empty and keeps its capacity, unless that is unusually large")
    func clearing() throws {
        var draft = StateDraft([])
        #expect(draft.isEmpty && !draft.hasEvents)
        for (size, keeps) in [(1000, true), (1 << 20, false)] {
            let bytes = KeptLine.bytes(size)
            draft.add(EventLog.Entry("a", LineBody(of: bytes), time: 0), at: 1)
            #expect(draft.hasEvents && !draft.isEmpty)
            draft.endChange(next: 2)
            #expect(!draft.hasEvents && !draft.isEmpty)
            draft.clear()
            #expect(draft.isEmpty && draft.bytes.isEmpty && (draft.bytes.capacity >= size) == keeps)
        }
        draft.add(StateChange(lines: [line(7)], next: 8))
        #expect(try draft.changes() == [StateChange(lines: [line(7)], next: 8)])
    }

    @Test("the agent's configuration is written if the journal has another one, after a clear, too")
    func configurations() {
        var draft = StateDraft([])
        var former: AgentData?
        for (name, isWritten) in [("Ann", true), ("Ann", false), ("Bob", true), ("Bob", false), ("Ann", true)] {
            let named = AgentData(
                snapshot: SnapshotData(json: JSONObject()),
                configuration: AgentConfiguration(json: JSONObject([("name", .string(name))])))
            draft.add(StateChange(agent: named, next: 1), after: former)
            former = named
            #expect(draft.bytes.contains(subsequence: name.utf8) == isWritten, "\(name)")
            draft.clear()
        }
    }

    @Test("a draft that fills a segment between two agents is read completely: the checkpoint has the configuration")
    func rollover() throws {
        var disk = StateDisk()
        var recorder = StateRecorder(after: StateCodec.read(segments: []), segmentBytes: 300)
        disk.begin("e1", try recorder.begin(epoch: "e1", resumes: false))
        var draft = StateDraft([], segmentBytes: 300)
        for position in 1...9 as ClosedRange<LogPosition> {
            draft.add(
                StateChange(lines: [line(position)], agent: agent("\(position)"), memory: [:], next: position + 1),
                after: position > 1 ? agent("\(position - 1)") : nil)
        }
        let writes = try recorder.record(&draft)
        #expect(writes.count > 3)
        for write in writes { disk.apply(write) }
        let state = try #require(StateCodec.read(segments: disk.segments).state)
        #expect(state.agent == agent("9") && state.next == 10 && state.lines.last == line(9))
    }

    @Test("a draft is not written in the middle of a change")
    func middle() throws {
        var recorder = StateRecorder(after: StateCodec.read(segments: []), segmentBytes: 300)
        _ = try recorder.begin(epoch: "e1", resumes: false)
        var draft = StateDraft([])
        draft.add(EventLog.Entry("a", LineBody(of: KeptLine.bytes(20)), time: 0), at: 1)
        #expect(throws: StateFault.changeInProgress) { try recorder.record(&draft) }
    }
}
