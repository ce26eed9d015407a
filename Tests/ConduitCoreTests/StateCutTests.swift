// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConduitCore

@Suite("Truncated and damaged state journals")
struct StateCutTests {
    @Test(
        "a write cut at any byte → the state before it; a complete write → the state after it",
        arguments: 1...5 as ClosedRange<UInt64>)
    func cuts(seed: UInt64) throws {
        var samples = StateSamples(seed: seed)
        var disk = StateDisk()
        var recorder = try start("e0", &disk)
        var rolls = 0
        for step in 1...80 {
            let next = samples.next
            let change = samples.change()
            let writes = try recorder.record([change])
            rolls += writes.count - 1
            // Every tenth step the daemon is killed during or after the last write.
            let isKilled = step % 10 == 0
            for write in isKilled ? writes.dropLast() : writes[...] {
                try check(disk, write, "seed \(seed), step \(step)")
                disk.apply(write)
            }
            guard isKilled, let last = writes.last else {
                disk.change(change)
                try #require(StateCodec.read(segments: disk.segments).state == disk.expected())
                continue
            }
            disk.applyTorn(last, samples.below(last.bytes.count))
            try #require(
                StateCodec.read(segments: disk.segments).state == disk.expected(), "seed \(seed), step \(step)")
            samples.rewind(to: next)
            recorder = try start("e\(step)", &disk)
        }
        #expect(rolls > 2)
    }

    /// Starts a new run.
    private func start(_ epoch: String, _ disk: inout StateDisk) throws -> StateRecorder {
        var recorder = StateRecorder(after: StateCodec.read(segments: disk.segments), segmentBytes: 700)
        let write = try recorder.begin(epoch: epoch, resumes: true)
        try check(disk, write, "\(epoch)")
        disk.begin(epoch, write)
        try #require(StateCodec.read(segments: disk.segments).state == disk.expected(), "\(epoch)")
        return recorder
    }

    private func check(_ disk: StateDisk, _ write: StateWrite, _ comment: Comment) throws {
        let whole = disk.segments(after: write, cut: write.bytes.count)
        for cut in 0..<write.bytes.count {
            let segments = disk.segments(after: write, cut: cut)
            // The former content may happen to end like the new one.
            guard segments != whole else { continue }
            let found = StateCodec.read(segments: segments).state
            let isOverwriting = write.offset == 0 && cut > 0
            try #require(
                found == disk.expected() || (isOverwriting && found == disk.expected(withOlder: false)),
                "\(comment), byte \(cut)")
        }
    }

    @Test("any damage → a state that was written once, or none")
    func damage() throws {
        let (disk, written) = try journal(seed: 11)
        var random = StateNumbers(state: 5)
        var outcomes: [String: Int] = [:]
        for round in 1...20_000 {
            var segments = disk.segments
            let segment = Int.random(in: 0...1, using: &random)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<segments[segment].count, using: &random)
                segments[segment][place] ^= UInt8.random(in: 1...255, using: &random)
            }
            let found = StateCodec.read(segments: segments).state
            if let found { try #require(written[Key(found)]?.contains(found) == true, "round \(round)") }
            outcomes[found == nil ? "none" : found == disk.expected() ? "all" : "part", default: 0] += 1
        }
        #expect((outcomes["part"] ?? 0) > 10_000, "\(outcomes)")
    }

    @Test("a record with a valid checksum and invalid content → a consistent state, or none")
    func forged() throws {
        let (disk, _) = try journal(seed: 12)
        let newest = try #require(StateCodec.read(segments: disk.segments).tail?.segment)
        var random = StateNumbers(state: 6)
        for round in 1...3_000 {
            var segments = disk.segments
            forge(&segments[newest], &random)
            guard let found = StateCodec.read(segments: segments).state else { continue }
            let places = found.lines.map(\.position)
            try #require(zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "round \(round)")
            try #require((places.last ?? 0) < found.next && found.floor <= found.next, "round \(round)")
        }
    }

    /// Changes bytes of the first record's content and corrects its checksum.
    private func forge(_ segment: inout [UInt8], _ random: inout StateNumbers) {
        let start = StateFormat.headerLength
        func length() -> Int { (0..<4).reduce(0) { $0 | Int(segment[start + 4 + $1]) << (8 * $1) } }
        let content = start + StateFormat.recordHeaderLength
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: content..<(content + length()), using: &random)
            segment[place] =
                [0, 1, 0x7F, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(
                    using: &random) ?? 0
        }
        let generation = (0..<8).reduce(0) { $0 | UInt64(segment[8 + $1]) << (8 * UInt64($1)) }
        let checksum = segment.withUnsafeBytes {
            StateFormat.checksum(
                .init(rebasing: $0[(start + 4)..<(content + length())]), generation: generation, offset: start)
        }
        for index in 0..<4 { segment[start + index] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(index))) }
    }

    private struct Key: Hashable {
        let next: LogPosition
        let floor: LogPosition

        init(_ state: KeptState) { (next, floor) = (state.next, state.floor) }
    }

    /// A journal of two full segments, and every state that can be read from it.
    private func journal(seed: UInt64) throws -> (StateDisk, [Key: [KeptState]]) {
        var samples = StateSamples(seed: seed)
        var disk = StateDisk()
        var recorder = StateRecorder(after: StateCodec.read(segments: []), segmentBytes: 3000)
        disk.begin("e1", try recorder.begin(epoch: "e1", resumes: false))
        var written: [Key: [KeptState]] = [:]
        for _ in 0..<150 {
            let change = samples.change()
            for write in try recorder.record([change]) {
                disk.apply(write)
                note(disk, in: &written)
            }
            disk.change(change)
            note(disk, in: &written)
        }
        try #require(disk.older != nil)
        return (disk, written)
    }

    private func note(_ disk: StateDisk, in written: inout [Key: [KeptState]]) {
        for withOlder in [true, false] {
            if let state = disk.expected(withOlder: withOlder) { written[Key(state), default: []].append(state) }
        }
    }
}
