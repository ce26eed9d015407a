import AgentModel
import Foundation
import Testing

@testable import ConduitCore

/// How many sequences each of the parts gets. A hundred thousand in all: `PARTYLINE_SEQUENCES=5000 swift test --filter
/// DerivationPropertyTests`.
private let sequences = ProcessInfo.processInfo.environment["PARTYLINE_SEQUENCES"].flatMap(Int.init) ?? 250

@Suite("Any sequence of snapshots")
struct DerivationPropertyTests {
    @Test(
        "what is derived is what the oracle wants, and every stay is whole",
        arguments: 1...20 as ClosedRange<UInt64>)
    func sequence(part: UInt64) throws {
        var complete = 0
        var names: Set<String> = []
        for number in 0..<sequences {
            var run = Run(seed: part << 32 | UInt64(number))
            try #require(try run.play(looks: 20) == [], "part \(part), sequence \(number)")
            complete += run.book.complete
            names.formUnion(run.book.names)
        }
        // The sequences have to be such that there is something to see.
        #expect(complete > 5 * sequences)
        #expect(names == Derivation.names)
    }
}

/// One sequence: looks at an agent whose contacts come, go, return and change as chance has it.
private struct Run {
    private var random: Numbers
    private var derivation = Derivation()
    private var oracle = DerivationOracle()
    private(set) var book = DerivationStayBook()
    private var sight = DerivationSight(state: nil)
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

    /// Plays it to its end and returns what was wrong: nothing. (Not `#require` for each look: a hundred thousand of
    /// them would take longer than all the rest.)
    mutating func play(looks: Int) throws -> [String] {
        for _ in 1..<looks {
            look(isSame: random.chance(6))
            while random.chance(3) { accept(Self.ids[random.below(Self.ids.count)]) }
            if random.chance(5) { try restore() }
        }
        // All go, so that every stay can be seen to be whole.
        sight.guests = []
        book.read(derivation.update(to: sight.agent))
        return faults + book.faults + (book.isEmpty ? [] : ["some stay has no end"])
    }

    private mutating func look(isSame: Bool) {
        let wasSeen = derivation.agent != nil
        if !isSame { change() }
        if random.chance(3), isPlain { sight.guests.shuffle(using: &random) }
        let events = derivation.update(to: sight.agent)
        compare(events.map(DerivationOracle.line), oracle.look(sight))
        if isSame, wasSeen, !events.allSatisfy({ $0.name.hasSuffix("::refresh") }) {
            faults.append("events without a change")
        }
        book.read(events)
    }

    /// No id stands twice: the order of the contacts means nothing then.
    private var isPlain: Bool { Set(sight.guests.map(\.id)).count == sight.guests.count }

    private mutating func accept(_ id: String) {
        let event = derivation.accepted(id)
        let due = oracle.accept(id)
        compare(event.map { [DerivationOracle.line($0)] } ?? [], due.map { [$0] } ?? [])
        if let event { book.read([event]) }
    }

    private mutating func compare(_ told: [String], _ due: [String]) {
        if told != due { faults.append("told \(told), due \(due)") }
    }

    /// A restart: what was kept makes the same derivation.
    private mutating func restore() throws {
        let restored = try derivation.restored()
        if restored != derivation { faults.append("a restart changed what is known") }
        derivation = restored
    }

    // MARK: Chance

    private mutating func change() {
        if random.chance(3) { sight.state = Self.states[random.below(Self.states.count)] }
        if random.chance(3) { sight.nextState = Self.nextStates[random.below(Self.nextStates.count)] }
        sight.guests = Self.ids.compactMap { id in
            let old = sight.guests.first { $0.id == id }
            return random.chance(3) ? (old == nil ? guest(id) : nil) : old.map { random.chance(2) ? $0 : guest(id) }
        }
        // Two with one id (the order counts then), and one without.
        if random.chance(8) { sight.guests.append(guest(Self.ids[random.below(Self.ids.count)])) }
        if random.chance(8) { sight.guests.insert(guest(nil), at: random.below(sight.guests.count + 1)) }
    }

    private mutating func guest(_ id: String?) -> DerivationSight.Guest {
        number += 1
        let state = Self.contactStates[random.below(Self.contactStates.count)]
        return DerivationSight.Guest(id: id, state: state, number: number)
    }
}

/// SplitMix64, for sequences that are the same on every machine.
private struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True once in so many times.
    mutating func chance(_ one: Int) -> Bool { below(one) == 0 }
}
