// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// A random run of the daemon, and what a subscriber to everything received: every event with its clock and time.
private struct WatchedRun {
    let harness: ConduitHarness
    private let watcher: PortID
    /// Lines of events by position.
    private(set) var events: [LogPosition: String] = [:]
    /// All clocks that were sent.
    private(set) var clocks: Set<String> = []

    init(_ epoch: String, after kept: KeptState, _ change: (inout ConduitSettings) -> Void) throws {
        harness = ConduitHarness.run(epoch, after: kept, change)
        watcher = harness.open(1)
        // Subscribes from the end of the former run, so that no event is missing, including the port's own opening.
        harness.subscribe(watcher, "*", since: kept.runs.last.map { "\($0.epoch):\($0.last)" } ?? "e1:0")
        try watch()
    }

    mutating func play(_ steps: Int, _ dice: inout Dice) throws {
        for _ in 0..<steps {
            harness.advance(Int64(dice.below(50)))
            step(&dice)
            try watch()
        }
    }

    private func step(_ dice: inout Dice) {
        switch dice.below(9) {
        case 0...2: harness.handle(.publish(dice.pick(["a", "b", "c"]), RawJSON(.int(dice.below(9)))))
        case 3: harness.handle(.publish(EventName.apiMetric, nil))
        case 4...5:
            let contacts = ["a", "b"].compactMap { id in
                dice.pick([nil, "connecting", "connected", "ended"]).map { "\(id)=\($0)" }
            }
            harness.updateAgent(
                contacts.joined(separator: " "), state: ["name": .string(dice.pick(["X", "Y"])), "type": "routable"])
        case 6: harness.handle(.accepted(contactId: dice.pick(["a", "b"])))
        case 7:
            harness.broadcast(watcher, dice.pick(["mute", "contact::view", "contact::accepted"]), ["contactId": "a"])
        default: harness.handle(.forgetAgent)
        }
    }

    private mutating func watch() throws {
        for text in harness.read(watcher) {
            let json = try JSON(parsing: text)
            guard json["event"] != "partyline::lagged" else { continue }
            guard let clock = (json["clock"] ?? json["data"]?["data"]?["clock"])?.string else { continue }
            clocks.insert(clock)
            let place = try #require(LogPosition(clock.split(separator: ":")[1]))
            if json["clock"] != nil, !["agent::update", "api_metric"].contains(json["event"]?.string) {
                events[place] = text
            }
        }
    }
}

@Suite("Random runs and restarts")
struct RestartPropertyTests {
    @Test(
        "from any clock of any former run: all later events in order, once; fresh if one of them is gone",
        arguments: 1...40 as ClosedRange<UInt64>)
    func restart(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var state = KeptState.fresh
        var events: [LogPosition: String] = [:]
        var clocks: Set<String> = []
        for number in 1...3 {
            var run = try WatchedRun("e\(number)", after: state) { _ in }
            try run.play(30, &dice)
            // The run ends after a random number of changes, often after the last one.
            let count = dice.chance(2) ? run.harness.kept.count : dice.below(run.harness.kept.count + 1)
            state = run.harness.state(after: state, changes: count)
            let next = state.next
            events.merge(run.events.filter { $0.key < next }) { $1 }
            clocks.formUnion(run.clocks)
        }
        let lines = dice.chance(2) ? 100_000 : 1 + dice.below(80)
        let last = ConduitHarness.run("e4", after: state) { $0.logLines = lines }
        let port = last.port(1)
        for clock in clocks.sorted() where dice.chance(6) {
            last.subscribe(port, "*", since: clock)
            try check(last, last.read(port), clock, events, state.runs)
        }
    }

    /// Checks what a subscriber gets that resumes from `clock`.
    private func check(
        _ last: ConduitHarness, _ lines: [String], _ clock: String, _ events: [LogPosition: String], _ runs: [KeptRun]
    ) throws {
        let parts = clock.split(separator: ":")
        let place = try #require(LogPosition(parts[1]))
        let isKnown = runs.contains { $0.epoch == parts[0] && place <= $0.last }
        let later = events.filter { $0.key > place }
        let isGone = later.keys.contains { !last.hasLine(at: $0) }
        let isFresh = try #require(lines.first).contains(#""fresh":true"#)
        #expect(isFresh == (!isKnown || isGone), "\(clock) fresh: \(isFresh)")
        guard !isFresh else { return #expect(lines.count == 1) }
        let due = later.sorted { $0.key < $1.key }.map(\.value)
        #expect(lines.dropFirst().filter { !$0.contains(#""clock":"e4:"#) } == due, "since \(clock)")
    }
}
