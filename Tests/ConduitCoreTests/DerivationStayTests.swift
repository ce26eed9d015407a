// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Testing

@testable import ConduitCore

@Suite("A contact's stay")
struct DerivationStayTests {
    @Test(
        "a contact that becomes active again after its end → no second contact::ended, after restarts, too",
        arguments: [false, true])
    func endsOnce(restarts: Bool) throws {
        var derivation = Derivation()
        var events: [String] = []
        for state in ["connecting", "connected", "ended", "connected", "error", "incoming", "missed", "paused"] {
            events += derivation.contacts("a=\(state)").filter { !$0.hasPrefix("refresh") }
            if restarts { derivation = try derivation.restored() }
        }
        events += derivation.contacts("")
        #expect(
            events == [
                "init a", "connecting a", "connected a", "acw a", "ended a", "connected a", "error a", "incoming a",
                "missed a", "destroyed a",
            ])
    }

    @Test("an id that returns starts a new stay, with its own events")
    func comesBack() throws {
        var derivation = Derivation()
        for _ in 0..<3 {
            #expect(derivation.contacts("a=connecting") == ["init a", "connecting a", "refresh a"])
            #expect(derivation.accepted("a")?.name == "contact::accepted")
            #expect(derivation.contacts("a=ended") == ["acw a", "ended a", "refresh a"])
            #expect(derivation.contacts("") == ["destroyed a"])
            #expect(derivation.memory == ["ended": [], "accepted": []])
        }
    }

    @Test("contact::accepted is sent once per stay, with the contact, and only for a known contact")
    func accepted() throws {
        var derivation = Derivation()
        #expect(derivation.accepted("a") == nil)
        _ = derivation.contacts("a=connecting b=connecting")
        let contact: JSON = ["number": 0, "contactId": "a", "state": ["type": "connecting"]]
        let data: JSON = ["contactId": "a", "contact": contact]
        #expect(derivation.accepted("a") == DerivedEvent(name: "contact::accepted", contactId: "a", data: data))
        #expect(derivation.accepted("a") == nil)
        #expect(derivation.accepted("c") == nil)
        _ = derivation.contacts("b=connecting a=connected")
        derivation = try derivation.restored()
        #expect(derivation.accepted("a") == nil)
        #expect(derivation.accepted("b")?.contactId == "b")
        _ = derivation.contacts("b=connected")
        #expect(derivation.accepted("a") == nil)
    }

    @Test("the memory has only the agent's contacts, in their order")
    func memory() throws {
        var derivation = Derivation()
        #expect(derivation.memory == ["ended": [], "accepted": []])
        _ = derivation.contacts("c=connected b=connected a=connected")
        _ = derivation.accepted("c")
        _ = derivation.accepted("a")
        _ = derivation.contacts("a=ended b=connected c=missed")
        #expect(derivation.memory == ["ended": ["a", "c"], "accepted": ["a", "c"]])
        #expect(try derivation.restored() == derivation)
        _ = derivation.contacts("b=connected c=missed")
        #expect(derivation.memory == ["ended": ["c"], "accepted": ["c"]])
        let agent = AgentSketch("b=connected").agent
        #expect(Derivation(agent: agent, memory: derivation.memory).memory == ["ended": [], "accepted": []])
    }

    @Test(
        "unreadable memory counts as empty; readable parts are used",
        arguments: [
            (.null, [], []), (7, [], []), ("ended", [], []), ([], [], []), (["ended": "a"], [], []),
            (["ended": ["a": true]], [], []), (["ended": [7, .null, ["a"], "a", "z", "a"]], ["a"], []),
            (["ended": .null, "accepted": ["b", "z", "a"]], [], ["a", "b"]),
            (["contacts": ["a": ["ended": true]]], [], []),
        ] as [(JSON, JSON, JSON)])
    func garbage(memory: JSON, ended: JSON, accepted: JSON) {
        var derivation = Derivation(agent: AgentSketch("a=connected b=ended").agent, memory: memory)
        #expect(derivation.memory == ["ended": ended, "accepted": accepted])
        let events = (ended == [] ? ["ended a"] : []) + ["destroyed a", "ended b", "destroyed b"]
        #expect(derivation.contacts("z=connecting") == ["init z", "connecting z", "refresh z"] + events)
        #expect(derivation.accepted("z") != nil)
        #expect(derivation.contacts("") == ["ended z", "destroyed z"])
    }

    @Test("changes between two runs → ordinary events")
    func betweenRuns() throws {
        var derivation = Derivation()
        _ = derivation.contacts("a=connected b=connecting c=ended")
        derivation = try derivation.restored()
        #expect(
            derivation.contacts("d=connecting a=ended c=ended") == [
                "init d", "connecting d", "refresh d", "ended b", "destroyed b", "acw a", "ended a", "refresh a",
                "refresh c",
            ])
    }
}
