// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConduitCore

@Suite("Derived events of contacts")
struct DerivationContactTests {
    /// Rows are old states, columns new ones. I incoming, P pending, C connecting, K connected, W acw, R error, M
    /// missed, E ended.
    /// `novel` is a state of a later version of the service; `-` is a contact without a state.
    private static let table = """
        from        init incoming pending connecting connected paused ended missed rejected error novel -
        init        .    I        P       C          K         .      W     .      .        R     .     .
        incoming    E    .        P       C          K         .      WE    EM     EM       RME   .     .
        pending     E    I        .       C          K         .      WE    E      E        RE    .     .
        connecting  E    I        P       .          K         .      WE    EM     EM       RME   .     .
        connected   E    I        P       C          .         .      WE    E      E        RE    .     .
        paused      E    I        P       C          K         .      WE    E      E        RE    .     .
        ended       .    I        P       C          K         .      .     .      .        R     .     .
        missed      .    I        P       C          K         .      W     .      .        R     .     .
        rejected    .    I        P       C          K         .      W     .      .        R     .     .
        error       .    I        P       C          K         .      W     .      .        .     .     .
        novel       .    I        P       C          K         .      W     .      .        R     .     .
        -           .    I        P       C          K         .      W     .      .        R     .     .
        """

    private static let letters: [Character: String] = [
        "I": "incoming", "P": "pending", "C": "connecting", "K": "connected", "W": "acw", "R": "error", "M": "missed",
        "E": "ended",
    ]

    struct Cell: Sendable, CustomTestStringConvertible {
        let from: String
        let to: String
        let events: [String]
        var testDescription: String { "\(from) to \(to)" }
    }

    private static let cells: [Cell] = {
        let rows = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        let columns = rows[0].dropFirst()
        return rows.dropFirst().flatMap { row in
            zip(columns, row.dropFirst()).map { column, cell in
                Cell(from: row[0], to: column, events: cell.compactMap { letters[$0] })
            }
        }
    }()

    /// `-` means no state.
    private func contact(_ state: String) -> String { "a=" + (state == "-" ? "" : state) }

    @Test("the table has every pair of states")
    func whole() { #expect(Self.cells.count == 144) }

    @Test("a contact that stays → the events of its transition, then refresh", arguments: cells)
    func step(cell: Cell) {
        var derivation = Derivation()
        _ = derivation.contacts(contact(cell.from))
        let events = derivation.contacts(contact(cell.to))
        #expect(events == (cell.events + ["refresh"]).map { "\($0) a" })
    }

    @Test(
        "a new contact → init, the events from the state init, refresh", arguments: cells.filter { $0.from == "init" })
    func added(cell: Cell) {
        for before in [nil, "b=connected"] {
            var derivation = Derivation()
            if let before { _ = derivation.contacts(before) }
            let events = derivation.contacts(contact(cell.to)).filter { $0.hasSuffix(" a") }
            #expect(events == (["init"] + cell.events + ["refresh"]).map { "\($0) a" })
        }
    }

    @Test("a contact that is gone → ended unless it was sent before, then destroyed", arguments: cells)
    func removed(cell: Cell) {
        var derivation = Derivation()
        _ = derivation.contacts(contact(cell.from))
        let before = derivation.contacts(contact(cell.to))
        let wasSent = before.contains("ended a")
        #expect(derivation.contacts("") == (wasSent ? [] : ["ended a"]) + ["destroyed a"])
        #expect(derivation.contacts("") == [])
    }

    @Test("events of new contacts come first, then of removed, then of kept ones; the last two in the former order")
    func order() {
        var derivation = Derivation()
        _ = derivation.contacts("k2=connected r2=connected k1=incoming r1=ended")
        #expect(
            derivation.contacts("n2=init k1=error n1=connecting k2=ended") == [
                "init n2", "refresh n2", "init n1", "connecting n1", "refresh n1",
                "ended r2", "destroyed r2", "ended r1", "destroyed r1",
                "acw k2", "ended k2", "refresh k2", "error k1", "missed k1", "ended k1", "refresh k1",
            ])
    }

    @Test("contacts in another order → only refresh")
    func places() {
        var derivation = Derivation()
        _ = derivation.contacts("a=connected b=ended c=novel d=")
        #expect(derivation.contacts("d= c=novel b=ended a=connected").allSatisfy { $0.hasPrefix("refresh") })
        #expect(derivation.contacts("c=novel a=connected d= b=ended") == ["d", "c", "b", "a"].map { "refresh \($0)" })
    }

    @Test("an event has the whole contact: the newest, or the last known of a removed one")
    func data() {
        func event(_ name: String, _ state: String, _ number: Int) -> DerivedEvent {
            let contact: JSON = ["number": .int(number), "contactId": "a", "state": ["type": .string(state)]]
            return DerivedEvent(name: "contact::\(name)", contactId: "a", data: ["contactId": "a", "contact": contact])
        }
        var derivation = Derivation()
        _ = derivation.update(to: AgentSketch("b=connected a=connecting").agent)
        let events = derivation.update(to: AgentSketch("a=connected").agent).filter { $0.contactId == "a" }
        #expect(events == [event("connected", "connected", 0), event("refresh", "connected", 0)])
        let last = derivation.update(to: AgentSketch("").agent).filter { $0.contactId == "a" }
        #expect(last == [event("ended", "connected", 0), event("destroyed", "connected", 0)])
        var other = Derivation()
        let first = other.update(to: AgentSketch("b=ended a=connecting").agent).filter { $0.contactId == "a" }
        #expect(first == ["init", "connecting", "refresh"].map { event($0, "connecting", 1) })
    }

    @Test("entries without a string id are skipped; of two contacts with one id the first counts")
    func odd() throws {
        func agent(_ contacts: JSON) throws -> AgentData {
            try #require(AgentData(json: ["snapshot": ["contacts": contacts]]))
        }
        let one: JSON = ["contactId": "a", "state": ["type": "connected"]]
        let other: JSON = ["contactId": "a", "state": ["type": "ended"]]
        let odd: [JSON] = [.null, 7, "a", [], [:], ["contactId": 7], ["contactId": .null, "state": ["type": "ended"]]]
        var derivation = Derivation()
        let events = derivation.update(to: try agent(.array(odd + [one, other] + odd)))
        #expect(events.compactMap(\.contactId) == ["a", "a", "a"])
        #expect(events.suffix(3).map(\.name) == ["contact::init", "contact::connected", "contact::refresh"])
        #expect(derivation.update(to: try agent([one])).map(\.name) == ["agent::refresh", "contact::refresh"])
        let ended = derivation.update(to: try agent([other, one])).dropFirst()
        #expect(ended.map(\.name) == ["contact::acw", "contact::ended", "contact::refresh"])
        for contacts: JSON in [.null, "none", [:], .array(odd)] {
            let events = derivation.update(to: try agent(contacts)).map(\.name)
            #expect(events.filter { $0 != "agent::refresh" } == (contacts == .null ? ["contact::destroyed"] : []))
        }
    }

    @Test(
        "a state of another type → only refresh",
        arguments: [.null, 7, "connected", [], [:], ["type": 7], ["type": ""]] as [JSON])
    func oddStates(state: JSON) throws {
        let contact: JSON = ["contactId": "a", "state": state]
        let agent = try #require(AgentData(json: ["snapshot": ["contacts": [contact]]]))
        var derivation = Derivation()
        _ = derivation.contacts("a=connected")
        #expect(derivation.update(to: agent).last?.name == "contact::refresh")
        #expect(derivation.contacts("a=ended") == ["acw a", "refresh a"])
        #expect(derivation.contacts("") == ["ended a", "destroyed a"])
    }
}
