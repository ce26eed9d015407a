// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConduitCore

@Suite("Encoding of the state journal")
struct StateCodecTests {
    private func line(_ position: LogPosition, _ size: Int = 3) -> KeptLine {
        KeptLine(position: position, name: "a::b", time: 7, bytes: KeptLine.bytes(size))
    }

    private func change(_ positions: LogPosition..., next: LogPosition, size: Int = 3) -> StateChange {
        StateChange(lines: positions.map { line($0, size) }, agent: nil, memory: nil, next: next)
    }

    private func agent(_ state: String, _ name: String = "Ann") -> AgentData {
        AgentData(
            snapshot: SnapshotData(json: JSONObject([("state", .string(state))])),
            configuration: AgentConfiguration(json: JSONObject([("name", .string(name))])))
    }

    private func fresh(_ segmentBytes: Int = 1 << 20) -> StateRecorder {
        StateRecorder(after: StateCodec.read(segments: [[], []]), segmentBytes: segmentBytes)
    }

    @Test("empty segments → no state; other content → no state and a note")
    func empty() {
        #expect(StateCodec.read(segments: [[], []]) == StateReading(state: nil, notes: [], tail: nil))
        let reading = StateCodec.read(segments: [Array("{}".utf8), Array(repeating: 0xFF, count: 4096)])
        #expect(reading.state == nil)
        #expect(reading.notes == ["segment 0 has no complete checkpoint", "segment 1 has no complete checkpoint"])
    }

    @Test("a state of format version 1 is ignored and overwritten")
    func formerVersion() throws {
        var former = fresh()
        var bytes = Array(try former.begin(epoch: "e1", resumes: false).bytes)
        bytes[StateFormat.magic.count - 1] = 1
        let reading = StateCodec.read(segments: [bytes, bytes])
        #expect(reading.state == nil && reading.tail == nil && reading.notes.count == 2)
        var recorder = StateRecorder(after: reading, segmentBytes: 1 << 20)
        let write = try recorder.begin(epoch: "e2", resumes: true)
        #expect(write.segment == 0 && write.offset == 0)
        let state = StateCodec.read(segments: [Array(write.bytes), bytes]).state
        #expect(state?.runs == [KeptRun(epoch: "e2", last: 0)])
    }

    @Test("every member of every value survives encoding and decoding")
    func roundTrip() throws {
        let ending = Array("}\n".utf8)
        let lines = [
            KeptLine(
                position: 9, name: "contact::connected", contactId: "c", from: "p", time: .max,
                bytes: Array(0...255) + ending),
            KeptLine(position: 12, name: "", contactId: "", from: "", time: .min, bytes: ending),
            KeptLine(position: 13, name: "grüße 🌍", time: 0, bytes: [0x0A] + ending),
        ]
        let agent = try #require(
            AgentData(json: [
                "snapshot": ["n": .number(JSONNumber(checked: "1e400")), "s": "\"\\\n\u{0}ß"], "configuration": [:],
            ]))
        var recorder = fresh()
        let begin = try recorder.begin(epoch: "e1", resumes: false).bytes
        let change = StateChange(lines: lines, agent: agent, memory: ["a": [1, .null, true]], next: 20)
        let bytes = Array(begin) + (try recorder.record([change]).flatMap(\.bytes))
        #expect(
            StateCodec.read(segments: [[], bytes]).state
                == KeptState(
                    runs: [KeptRun(epoch: "e1", last: 19)], lines: lines, agent: agent,
                    memory: ["a": [1, .null, true]],
                    next: 20, floor: 1))
    }

    @Test("changes of one call are one write; the agent's configuration is written only if it changed")
    func changes() throws {
        var disk = StateDisk()
        var recorder = fresh()
        disk.begin("e1", try recorder.begin(epoch: "e1", resumes: false))
        let writes = try recorder.record([
            StateChange(lines: [line(1)], agent: agent("A"), memory: ["m": 1], next: 2),
            StateChange(lines: [], agent: agent("B"), memory: nil, next: 4),
            change(4, 5, next: 6),
        ])
        #expect(writes.count == 1)
        disk.apply(try #require(writes.first))
        let names = String(decoding: disk.segments[0], as: UTF8.self).split(separator: "Ann").count - 1
        #expect(names == 1)
        let state = try #require(StateCodec.read(segments: disk.segments).state)
        #expect(state.agent == agent("B") && state.memory == ["m": 1])
        #expect(state.lines == [line(1), line(4), line(5)] && state.next == 6 && state.floor == 1)
        disk.apply(
            try #require(
                try recorder.record([StateChange(lines: [], agent: agent("B", "Bob"), memory: nil, next: 6)]).first))
        #expect(StateCodec.read(segments: disk.segments).state?.agent == agent("B", "Bob"))
    }

    @Test("a full segment → the other one is begun, and the events of the former stay readable")
    func rollover() throws {
        var disk = StateDisk()
        var recorder = fresh(1000)
        disk.begin("e1", try recorder.begin(epoch: "e1", resumes: false))
        var begun: [Int] = []
        for position in 1...40 as ClosedRange<LogPosition> {
            let change = StateChange(
                lines: [line(position, 100)], agent: position == 3 ? agent("A") : nil, memory: nil, next: position + 1)
            for write in try recorder.record([change]) {
                if write.offset == 0 { begun.append(write.segment) }
                disk.apply(write)
            }
            disk.change(change)
            let state = try #require(StateCodec.read(segments: disk.segments).state)
            #expect(state == disk.expected() && state.lines.last?.position == position)
            #expect(position < 3 || state.agent == agent("A"))
        }
        #expect(begun == [1, 0, 1, 0, 1, 0])
        #expect(disk.segments.allSatisfy { $0.count < 1600 })
    }

    @Test("changes of one call that do not fit in a segment are split over both")
    func longCall() throws {
        var disk = StateDisk()
        var recorder = fresh(1000)
        disk.begin("e1", try recorder.begin(epoch: "e1", resumes: false))
        let changes = (1...6 as ClosedRange<LogPosition>).map { change($0, next: $0 + 1, size: 200) }
        let writes = try recorder.record(changes)
        #expect(writes.map(\.segment) == [0, 1, 1])
        for write in writes { disk.apply(write) }
        let state = try #require(StateCodec.read(segments: disk.segments).state)
        #expect(state.lines == changes.flatMap(\.lines) && state.next == 7)
    }

    @Test("changes of one call that only add lines share records up to a length; an agent has its own")
    func joined() throws {
        var disk = StateDisk()
        var recorder = fresh(64_000)
        disk.begin("e1", try recorder.begin(epoch: "e1", resumes: false))
        var apart = recorder
        let changes = (1...30 as ClosedRange<LogPosition>).map {
            $0 == 10
                ? StateChange(lines: [line($0)], agent: agent("A"), memory: [:], next: $0 + 1)
                : change($0, next: $0 + 1)
        }
        let writes = try recorder.record(changes)
        for write in writes { disk.apply(write) }
        let state = try #require(StateCodec.read(segments: disk.segments).state)
        #expect(state.lines == changes.flatMap(\.lines) && state.next == 31 && state.agent == agent("A"))
        // Shared records save the header of most changes, but not of all: a single record would be too long.
        let bytes = writes.reduce(0) { $0 + $1.bytes.count }
        let most = try changes.reduce(0) { $0 + (try apart.record([$1]).reduce(0) { $0 + $1.bytes.count }) }
        #expect(most - bytes == 26 * 36)
    }

    @Test("the state survives any number of restarts, with the last 64 runs")
    func restarts() throws {
        var disk = StateDisk()
        for run in 1...100 {
            var recorder = StateRecorder(after: StateCodec.read(segments: disk.segments), segmentBytes: 4000)
            disk.begin("e\(run)", try recorder.begin(epoch: "e\(run)", resumes: true))
            let next = disk.state.next
            let change = StateChange(
                lines: run <= 3 ? [line(next)] : [], agent: run == 1 ? agent("A") : nil, memory: run == 2 ? [:] : nil,
                next: run <= 3 ? next + 1 : next)
            for write in try recorder.record([change]) { disk.apply(write) }
            disk.change(change)
            #expect(StateCodec.read(segments: disk.segments).state == disk.expected())
        }
        let state = try #require(StateCodec.read(segments: disk.segments).state)
        #expect(state.lines.map(\.position) == [1, 2, 3] && state.next == 4 && state.floor == 1)
        #expect(state.agent == agent("A") && state.memory == [:])
        #expect(state.runs.count == 64 && state.runs.last == KeptRun(epoch: "e100", last: 3))
        #expect(state.runs.first == KeptRun(epoch: "e37", last: 3))
    }

    @Test("a run that does not resume starts with an empty state")
    func anew() throws {
        var disk = StateDisk()
        var first = fresh()
        disk.begin("e1", try first.begin(epoch: "e1", resumes: false))
        for write in try first.record([change(1, next: 2)]) { disk.apply(write) }
        var second = StateRecorder(after: StateCodec.read(segments: disk.segments), segmentBytes: 1000)
        disk.apply(try second.begin(epoch: "e2", resumes: false))
        let state = StateCodec.read(segments: disk.segments).state
        #expect(
            state
                == KeptState(
                    runs: [KeptRun(epoch: "e2", last: 0)], lines: [], agent: nil, memory: .null, next: 1, floor: 1))
    }

    @Test("a run is kept if its last position is at least the one before the floor")
    func edge() throws {
        var encoder = StateEncoder(beginning: 1)
        let runs = [KeptRun(epoch: "e0", last: 3), KeptRun(epoch: "e1", last: 4)]
        try encoder.checkpoint("e2", runs, nil, .null, next: 5)
        try encoder.change(change(7, next: 8))
        let state = try #require(StateCodec.read(segments: [encoder.bytes]).state)
        #expect(state.runs == [KeptRun(epoch: "e1", last: 4), KeptRun(epoch: "e2", last: 7)])
        #expect(state.lines == [line(7)] && state.floor == 5)
    }

    @Test("a gap between the segments → the older segment's events are dropped")
    func hole() throws {
        var disk = StateDisk()
        var recorder = fresh(300)
        disk.begin("e1", try recorder.begin(epoch: "e1", resumes: false))
        for position in 1...6 as ClosedRange<LogPosition> {
            for write in try recorder.record([change(position, next: position + 1)]) { disk.apply(write) }
        }
        let whole = try #require(StateCodec.read(segments: disk.segments).state)
        #expect(whole.lines.map(\.position) == [1, 2, 3, 4, 5, 6])
        var segments = disk.segments
        segments[0][segments[0].count - 1] ^= 1
        let reading = StateCodec.read(segments: segments)
        let state = try #require(reading.state)
        #expect(reading.tail?.segment == 1)
        #expect(state.lines.map(\.position) == [5, 6] && state.floor == 5 && state.next == 7)
        #expect(state.runs == [KeptRun(epoch: "e1", last: 6)])
        #expect(reading.notes == ["segment 0 has 75 trailing bytes that are no record of generation 1"])
    }

    @Test("segments of generations that are not consecutive are not joined")
    func strangers() throws {
        var first = StateEncoder(beginning: 1)
        try first.checkpoint("e1", [], nil, .null, next: 1)
        try first.change(change(1, next: 2))
        for generation in [2, 3] as [UInt64] {
            var second = StateEncoder(beginning: generation)
            try second.checkpoint("e1", [], nil, .null, next: 2)
            let state = try #require(StateCodec.read(segments: [first.bytes, second.bytes]).state)
            #expect(state.lines == (generation == 2 ? [line(1)] : []) && state.floor == (generation == 2 ? 1 : 2))
        }
    }

    @Test("leftovers of a segment's former content are ignored")
    func leftovers() throws {
        var first = StateEncoder(beginning: 1)
        try first.checkpoint("e1", [], nil, .null, next: 1)
        let start = first.bytes.count
        for place in 1...20 as ClosedRange<LogPosition> {
            try first.change(change(place, next: place + 1))
        }
        // The same checkpoint except for its generation, over the old one: old records lie where new ones could be.
        var second = StateEncoder(beginning: 3)
        try second.checkpoint("e1", [], nil, .null, next: 1)
        #expect(second.bytes.count == start)
        let reading = StateCodec.read(segments: [second.bytes + first.bytes[start...], []])
        #expect(reading.tail?.generation == 3 && reading.state?.lines == [] && reading.state?.next == 1)
        #expect(reading.notes.count == 1)
    }

    @Test(
        "positions that do not increase are rejected before they are written",
        arguments: [
            ([3, 3], 5), ([4, 3], 5), ([1], 5), ([5], 5), ([], 1), ([3], LogPosition.max),
        ] as [([LogPosition], LogPosition)])
    func outOfOrder(positions: [LogPosition], next: LogPosition) throws {
        var recorder = fresh()
        _ = try recorder.begin(epoch: "e1", resumes: false)
        _ = try recorder.record([change(1, next: 2)])
        let bad = StateChange(lines: positions.map { line($0) }, agent: nil, memory: nil, next: next)
        #expect(throws: StateFault.self) { try recorder.record([bad]) }
    }

    @Test("a checkpoint with runs beyond its end or without a valid position is ignored")
    func badCheckpoints() throws {
        for (last, next) in [(5, 5), (0, 0), (1, .max)] as [(LogPosition, LogPosition)] {
            var encoder = StateEncoder(beginning: 1)
            try encoder.checkpoint("e1", [KeptRun(epoch: "e0", last: last)], nil, .null, next: next)
            #expect(StateCodec.read(segments: [encoder.bytes]).state == nil)
        }
    }

    @Test("the checksum covers every bit, the generation and the offset")
    func checksum() {
        func sum(_ bytes: [UInt8], _ generation: UInt64 = 1, _ offset: Int = 16) -> UInt32 {
            bytes.withUnsafeBytes { StateFormat.checksum($0, generation: generation, offset: offset) }
        }
        for count in 0...70 {
            let bytes = (0..<count).map { UInt8($0) }
            let whole = sum(bytes)
            #expect(whole != sum(bytes + [0]) && whole != sum(bytes, 2) && whole != sum(bytes, 1, 17))
            for bit in 0..<(count * 8) {
                var other = bytes
                other[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(whole != sum(other))
            }
        }
        // Other versions have to read this format, so the checksum must not change. In Python:
        // zlib.crc32(text, zlib.crc32(struct.pack("<QQ", generation, offset)))
        #expect(sum(Array("Partyline".utf8)) == 3_671_097_646)
        #expect(sum(Array(0..<200)) == 1_784_940_179)
    }
}
