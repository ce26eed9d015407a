// SPDX-License-Identifier: Apache-2.0
import AgentModel

@testable import ConduitCore

/// Random states and changes, the same for the same seed.
struct StateSamples {
    var random: StateNumbers
    private(set) var next: LogPosition = 1

    init(seed: UInt64) { random = StateNumbers(state: seed) }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    /// A change with 0 to 3 events, and gaps for lines that are not kept.
    mutating func change() -> StateChange {
        let lines = (0..<below(4)).map { _ in line() }
        next += LogPosition(below(2))
        let agent = below(3) == 0 ? agent() : nil
        return StateChange(lines: lines, agent: agent, memory: agent.map { _ in memory() }, next: next)
    }

    /// Discards a change that was lost.
    mutating func rewind(to next: LogPosition) { self.next = next }

    mutating func line() -> KeptLine {
        next += LogPosition(below(10) == 0 ? 3 : 0)
        defer { next += 1 }
        let name = ["contact::connected", "agent::state_change", "ä::ö", ""][below(4)]
        return KeptLine(
            position: next, name: name, contactId: below(2) == 0 ? "contact \(below(9))" : nil,
            from: below(4) == 0 ? "port \(below(9))" : nil, time: 1_735_732_800_000 - Int64(below(3)),
            bytes: (0..<below(40)).map { _ in UInt8(truncatingIfNeeded: below(256)) } + Array("}\n".utf8))
    }

    mutating func agent() -> AgentData {
        let snapshot = JSONObject([("state", ["name": .string("state \(below(5))")]), ("number", .int(below(1000)))])
        let configuration = JSONObject([("name", .string("agent \(below(2))\n\u{1F600}"))])
        return AgentData(snapshot: .init(json: snapshot), configuration: .init(json: configuration))
    }

    mutating func memory() -> JSON { ["c\(below(5))": ["hasEnded": .bool(below(2) == 0)]] }
}

/// A second, simpler model of the journal: what was written, and what a restart has to find.
struct StateDisk {
    struct Tail: Equatable {
        let floor: LogPosition
        var lines: [KeptLine]
    }

    private(set) var segments: [[UInt8]] = [[], []]
    private(set) var epoch = ""
    private(set) var state = KeptState.fresh
    private(set) var older: Tail?
    private(set) var newer: Tail?

    /// The state that a restart has to find. Without the older segment if that is being overwritten.
    func expected(withOlder: Bool = true) -> KeptState? {
        guard let newer else { return nil }
        let older = withOlder ? older : nil
        let floor = older?.floor ?? newer.floor
        let runs = state.runs + [KeptRun(epoch: epoch, last: state.next - 1)]
        return KeptState(
            runs: runs.filter { $0.last + 1 >= floor }.suffix(64), lines: (older?.lines ?? []) + newer.lines,
            agent: state.agent,
            memory: state.memory, next: state.next, floor: floor)
    }

    /// The segments when only the first `count` bytes of a write reached them.
    func segments(after write: StateWrite, cut count: Int) -> [[UInt8]] {
        var result = segments
        var segment = result[write.segment]
        let kept = segment.dropFirst(write.offset + count)
        segment = Array(segment.prefix(write.offset) + write.bytes.prefix(count) + kept)
        result[write.segment] = segment
        return result
    }

    mutating func apply(_ write: StateWrite) {
        segments = segments(after: write, cut: write.bytes.count)
        guard write.offset == 0 else { return }
        older = newer
        newer = Tail(floor: state.next, lines: [])
    }

    /// Applies a write that was cut short.
    mutating func applyTorn(_ write: StateWrite, _ count: Int) {
        segments = segments(after: write, cut: count)
        if write.offset == 0, count > 0 { older = nil }
    }

    /// Begins a run that resumes the former one, if any.
    mutating func begin(_ epoch: String, _ write: StateWrite) {
        apply(write)
        if !self.epoch.isEmpty {
            let runs = state.runs + [KeptRun(epoch: self.epoch, last: state.next - 1)]
            state = KeptState(runs: runs, lines: [], agent: state.agent, memory: state.memory, next: state.next)
        }
        self.epoch = epoch
    }

    mutating func change(_ change: StateChange) {
        state = KeptState(
            runs: state.runs, lines: [], agent: change.agent ?? state.agent, memory: change.memory ?? state.memory,
            next: change.next)
        newer?.lines += change.lines
    }
}

/// SplitMix64: the same sequence on every machine.
struct StateNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
