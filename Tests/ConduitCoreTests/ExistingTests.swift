// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Contacts that are there already")
struct ExistingTests {
    private func subscribe(
        _ harness: ConduitHarness, _ id: PortID, _ patterns: [String] = ["contact::*"], since: String? = nil,
        mode: String? = nil
    ) {
        var params = JSONObject([("events", .array(patterns.map { .string($0) })), ("existing", true)])
        params["since"] = since.map { .string($0) }
        params["mode"] = mode.map { .string($0) }
        harness.ask(id, "subscribe", .object(params))
    }

    /// Name, contact, and `+` for a line that is marked as existing.
    private func told(_ harness: ConduitHarness, _ id: PortID) throws -> [String] {
        try harness.read(id).map { text in
            let line = try JSON(parsing: text)
            let name = line["event"]?.string ?? "?"
            let contact = line["data"]?["contactId"]?.string.map { " \($0)" } ?? ""
            return name + contact + (line["existing"] == true ? " +" : "")
        }
    }

    private static let both = [
        "contact::init a +", "contact::connected a +", "contact::init b +", "contact::acw b +",
    ]

    @Test("init and the state's event of each, after the answer and before anything newer, without clock and time")
    func order() throws {
        let harness = ConduitHarness()
        harness.updateAgent("a=connecting b=connected")
        harness.updateAgent("a=connected b=ended")
        let one = harness.port(1)
        subscribe(harness, one)
        harness.updateAgent("a=ended b=ended")
        let lines = harness.read(one)
        #expect(
            lines[1]
                == #"{"event":"contact::init","data":{"contactId":"a","contact":{"number":0,"contactId":"a","#
                + #""state":{"type":"connected"},"status":{"type":"connected"}}},"existing":true}"#)
        let two = harness.port(2)
        subscribe(harness, two)
        harness.updateAgent("b=ended")
        #expect(
            try told(harness, two) == [
                "partyline::response", "contact::init a +", "contact::acw a +", "contact::init b +", "contact::acw b +",
                "contact::destroyed a", "contact::refresh b",
            ])
    }

    @Test("only lines that match; latest does not thin them; presence and a port that did not ask get none")
    func which() throws {
        let harness = ConduitHarness()
        harness.updateAgent("a=connected b=ended")
        let rows: [([String], [String])] = [
            (["contact::*"], Self.both), (["*"], Self.both), (["contact::*::b"], Array(Self.both[2...])),
            (["contact::connected"], ["contact::connected a +"]), (["agent::*"], []),
        ]
        for (number, row) in rows.enumerated() {
            let id = harness.port(UInt64(number + 1))
            subscribe(harness, id, row.0, mode: number.isMultiple(of: 2) ? "latest" : nil)
            #expect(try told(harness, id).dropFirst() == row.1[...])
        }
        let presence = harness.port(20, role: .presence)
        subscribe(harness, presence, ["*"])
        #expect(try told(harness, presence) == ["partyline::response"])
        let plain = harness.port(21)
        harness.subscribe(plain, "contact::*")
        #expect(try told(harness, plain) == ["partyline::response"])
    }

    @Test("not after a resumption; again after fresh and after lagged")
    func resumption() throws {
        let harness = ConduitHarness { $0.logLines = 6 }
        harness.updateAgent("a=connected")
        let one = harness.port(1)
        subscribe(harness, one, since: harness.conduit.clock)
        #expect(try told(harness, one) == ["partyline::response"])
        subscribe(harness, one, since: "other:1")
        let existing = ["contact::init a +", "contact::connected a +"]
        #expect(try told(harness, one) == ["partyline::response"] + existing)
        for _ in 1...9 { harness.handle(.publish("x", nil)) }
        #expect(try told(harness, one) == ["partyline::lagged"] + existing)
    }

    /// Generates the contacts of the next snapshot, as in `AgentSketch`.
    private struct Shift {
        private static let next: [String: [String]] = [
            "incoming": ["connecting", "missed"], "connecting": ["connected", "missed", "error", "ended"],
            "connected": ["ended", "paused"], "paused": ["connected", "ended"],
        ]
        private var dice: Dice
        private var contacts: [(id: String, state: String)] = []
        private var count = 0

        init(seed: UInt64) { dice = Dice(seed: seed) }

        mutating func step() -> String {
            switch dice.below(4) {
            case 0 where contacts.count < 3:
                count += 1
                contacts.append(("c\(count)", dice.pick(["incoming", "connecting", "connected"])))
            case 1 where !contacts.isEmpty: contacts.remove(at: dice.below(contacts.count))
            case 2, 3:
                guard !contacts.isEmpty else { break }
                let place = dice.below(contacts.count)
                if let states = Self.next[contacts[place].state] { contacts[place].state = dice.pick(states) }
            default: break
            }
            return contacts.map { "\($0.id)=\($0.state)" }.joined(separator: " ")
        }
    }

    /// A program that connected in the middle, and the contacts that it knows.
    private struct Program {
        let id: PortID
        let contacts: [String]
        let clock: String
    }

    @Test(
        "a program that connects at any place of a random shift knows each contact once, and misses nothing",
        arguments: 0..<10)
    func anyPlace(part: Int) throws {
        for seed in 0..<1000 {
            var shift = Shift(seed: UInt64(part * 1000 + seed))
            let harness = ConduitHarness()
            let first = harness.port(1)
            harness.subscribe(first, "contact::*")
            var programs: [Program] = []
            var contacts: [String] = []
            for number in 0..<5 {
                let id = harness.port(UInt64(number + 2))
                subscribe(harness, id)
                programs.append(Program(id: id, contacts: contacts, clock: harness.conduit.clock))
                let text = shift.step()
                contacts = text.split(separator: " ").map(String.init)
                harness.updateAgent(text)
            }
            let all = harness.read(first).dropFirst()
            for program in programs { try check(program, harness, Array(all), now: contacts, seed) }
        }
    }

    private static func position(of line: String) -> UInt64? {
        line.split(separator: #""clock":"e1:"#).last.flatMap { UInt64($0.prefix(while: \.isNumber)) }
    }

    private func check(
        _ program: Program, _ harness: ConduitHarness, _ all: [String], now contacts: [String], _ seed: Int
    ) throws {
        let lines = harness.read(program.id).dropFirst()
        let existing = lines.prefix { $0.hasSuffix(#","existing":true}"#) }
        let live = Array(lines.dropFirst(existing.count))
        let begin = try #require(UInt64(program.clock.dropFirst("e1:".count)))
        let newer = all.drop { (Self.position(of: $0) ?? 0) <= begin }
        var faults = live == Array(newer) ? [] : ["not the newer lines"]
        var known: Set<Substring> = []
        for line in lines {
            let (event, id) = Self.names(of: line)
            switch event {
            case "contact::init": if !known.insert(id).inserted { faults.append("\(id) twice") }
            case "contact::destroyed": if known.remove(id) == nil { faults.append("\(id) unknown") }
            default: if !known.contains(id) { faults.append(line) }
            }
        }
        if known != Set(contacts.map { $0.prefix { $0 != "=" } }) { faults.append("knows \(known)") }
        let inits = existing.filter { Self.names(of: $0).event == "contact::init" }.count
        if inits != program.contacts.count { faults.append("\(inits) existing contacts") }
        #expect(faults.isEmpty, "seed \(seed)")
    }

    /// The first two texts in quotes after a colon: the event's name and the contact's id.
    private static func names(of line: String) -> (event: Substring, id: Substring) {
        let parts = line.split(separator: "\"", maxSplits: 10, omittingEmptySubsequences: false)
        return (parts[3], parts[9])
    }
}
