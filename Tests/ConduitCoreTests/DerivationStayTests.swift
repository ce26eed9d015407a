import AgentModel
import Testing

@testable import ConduitCore

@Suite("A stay of a contact, and what is remembered of it")
struct DerivationStayTests {
    @Test(
        "a contact ends once, also if it becomes active again, over as many restarts as there are",
        arguments: [false, true])
    func endsOnce(restarts: Bool) throws {
        var derivation = Derivation()
        var told: [String] = []
        for state in ["connecting", "connected", "ended", "connected", "error", "incoming", "missed", "paused"] {
            told += derivation.contacts("a=\(state)").filter { !$0.hasPrefix("refresh") }
            if restarts { derivation = try derivation.restored() }
        }
        told += derivation.contacts("")
        #expect(
            told == [
                "init a", "connecting a", "connected a", "acw a", "ended a", "connected a", "error a", "incoming a",
                "missed a", "destroyed a",
            ])
    }

    @Test("an id that comes back begins another stay: told, ended and accepted anew")
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

    @Test("an acceptance is told once a stay, with the contact as it is, and only of a contact that is there")
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

    @Test("the memory names the contacts of the baseline, in their order, and no other")
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
        let agent = DerivationSight("b=connected").agent
        #expect(Derivation(agent: agent, memory: derivation.memory).memory == ["ended": [], "accepted": []])
    }

    @Test(
        "memory that cannot be read counts as empty; what can be read of it counts",
        arguments: [
            (.null, [], []), (7, [], []), ("ended", [], []), ([], [], []), (["ended": "a"], [], []),
            (["ended": ["a": true]], [], []), (["ended": [7, .null, ["a"], "a", "z", "a"]], ["a"], []),
            (["ended": .null, "accepted": ["b", "z", "a"]], [], ["a", "b"]),
            (["contacts": ["a": ["ended": true]]], [], []),
        ] as [(JSON, JSON, JSON)])
    func garbage(memory: JSON, ended: JSON, accepted: JSON) {
        var derivation = Derivation(agent: DerivationSight("a=connected b=ended").agent, memory: memory)
        #expect(derivation.memory == ["ended": ended, "accepted": accepted])
        let told = (ended == [] ? ["ended a"] : []) + ["destroyed a", "ended b", "destroyed b"]
        #expect(derivation.contacts("z=connecting") == ["init z", "connecting z", "refresh z"] + told)
        #expect(derivation.accepted("z") != nil)
        #expect(derivation.contacts("") == ["ended z", "destroyed z"])
    }

    @Test("what changed between two runs comes as ordinary events")
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
