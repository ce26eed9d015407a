// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import Testing

@testable import ConduitCore

/// The sequences per test case. 100,000 in all:
/// `PARTYLINE_SEQUENCES=5000 swift test --filter DerivationPropertyTests`.
private let sequences = ProcessInfo.processInfo.environment["PARTYLINE_SEQUENCES"].flatMap(Int.init) ?? 250

@Suite("Random sequences of snapshots")
struct DerivationPropertyTests {
    @Test(
        "the derived events equal the oracle's, and every stay has a start and an end",
        arguments: 1...20 as ClosedRange<UInt64>)
    func sequence(part: UInt64) throws {
        var complete = 0
        var names: Set<String> = []
        for number in 0..<sequences {
            var run = Run(seed: part << 32 | UInt64(number))
            try #require(try run.play(looks: 20) == [], "part \(part), sequence \(number)")
            complete += run.checker.complete
            names.formUnion(run.checker.names)
        }
        // The sequences have to contain enough stays and every event, or the test proves little.
        #expect(complete > 5 * sequences)
        #expect(names == Derivation.names)
    }
}

/// One random sequence of agents: contacts come, go, return and change.
private struct Run {
    private var random: Numbers
    private var derivation = Derivation()
    private var oracle = DerivationOracle()
    private(set) var checker = StayChecker()
    private var sketch = AgentSketch(state: nil)
    private var number = 0
    private var faults: [String] = []

    init(seed: UInt64) { random = Numbers(state: seed) }

    private static let ids = ["a", "b", "c"]
    private static let contactStates: [String?] = [
        "init", "incoming", "pending", "connecting", "connected", "missed", "error", "ended", "rejected", "paused",
        "novel", "astral", nil,
    ]
    private static let states: [JSON?] = [
        nil, .null, ["name": "Available", "type": "routable"], ["name": "Lunch", "type": "not_routable"],
        ["name": "Offline", "type": "offline"], ["name": "Busy", "type": "system"],
        ["name": "AfterCallWork", "type": "system"], ["name": "MissedCallAgent", "type": "error"],
        ["name": "Default", "type": "error"], ["name": "Levitating", "type": "astral"], ["type": "routable"],
        ["name": "Lunch", "type": 7],
    ]
    private static let nextStates: [JSON?] = [nil, .null, [:], ["name": "Lunch"], ["name": "Offline"]]

    /// Plays the sequence and returns the faults. `#require` for each agent would take longer than everything else:
    /// there are 100,000.
    mutating func play(looks: Int) throws -> [String] {
        for _ in 1..<looks {
            update(isSame: random.chance(6))
            while random.chance(3) { accept(Self.ids[random.below(Self.ids.count)]) }
            if random.chance(5) { try restore() }
        }
        // Removes all contacts, which ends every stay.
        sketch.contacts = []
        checker.read(derivation.update(to: sketch.agent))
        return faults + checker.faults + (checker.isEmpty ? [] : ["some stay has no end"])
    }

    private mutating func update(isSame: Bool) {
        let wasSeen = derivation.agent != nil
        if !isSame { change() }
        if random.chance(3), isPlain { sketch.contacts.shuffle(using: &random) }
        let events = derivation.update(to: sketch.agent)
        compare(events.map(DerivationOracle.line), oracle.update(sketch))
        if isSame, wasSeen, !events.allSatisfy({ $0.name.hasSuffix("::refresh") }) {
            faults.append("events without a change")
        }
        checker.read(events)
    }

    /// True if no id is there twice. The order of the contacts is irrelevant then.
    private var isPlain: Bool { Set(sketch.contacts.map(\.id)).count == sketch.contacts.count }

    private mutating func accept(_ id: String) {
        let event = derivation.accepted(id)
        let due = oracle.accept(id)
        compare(event.map { [DerivationOracle.line($0)] } ?? [], due.map { [$0] } ?? [])
        if let event { checker.read([event]) }
    }

    private mutating func compare(_ derived: [String], _ due: [String]) {
        if derived != due { faults.append("derived \(derived), expected \(due)") }
    }

    /// Restores the derivation from its kept state, as a restart does.
    private mutating func restore() throws {
        let restored = try derivation.restored()
        if restored != derivation { faults.append("a restart changed the derivation") }
        derivation = restored
    }

    // MARK: Random changes

    private mutating func change() {
        if random.chance(3) { sketch.state = Self.states[random.below(Self.states.count)] }
        if random.chance(3) { sketch.nextState = Self.nextStates[random.below(Self.nextStates.count)] }
        sketch.contacts = Self.ids.compactMap { id in
            let old = sketch.contacts.first { $0.id == id }
            return random.chance(3) ? (old == nil ? contact(id) : nil) : old.map { random.chance(2) ? $0 : contact(id) }
        }
        // Two contacts with one id, whose order counts, and a contact without an id.
        if random.chance(8) { sketch.contacts.append(contact(Self.ids[random.below(Self.ids.count)])) }
        if random.chance(8) { sketch.contacts.insert(contact(nil), at: random.below(sketch.contacts.count + 1)) }
    }

    private mutating func contact(_ id: String?) -> AgentSketch.ContactData {
        number += 1
        let state = Self.contactStates[random.below(Self.contactStates.count)]
        return AgentSketch.ContactData(id: id, state: state, number: number)
    }
}

/// SplitMix64: the same sequence on every machine.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True with a probability of 1 in `one`.
    mutating func chance(_ one: Int) -> Bool { below(one) == 0 }
}
