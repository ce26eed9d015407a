import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Subscribers that want the latest")
struct LatestTests {
    private func harness() -> (ConduitHarness, PortID) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "a", "b", "contact::*", "agent::*", mode: "latest")
        _ = harness.read(one)
        return (harness, one)
    }

    @Test("keeping up, they get every line")
    func keepingUp() {
        let (harness, one) = harness()
        for place in 2..<10 {
            harness.handle(.publish(place % 2 == 0 ? "a" : "b", nil))
            #expect(harness.briefly(one) == ["\(place % 2 == 0 ? "a" : "b") e1:\(place)"])
        }
    }

    @Test("blocked, of each name the newest, in the order of the log")
    func blocked() {
        let (harness, one) = harness()
        for name in ["a", "b", "a", "x", "b", "a", "x"] { harness.handle(.publish(name, nil)) }
        #expect(harness.briefly(one) == ["b e1:6", "a e1:7"])
        #expect(harness.briefly(one) == [])
    }

    @Test("not more at once than there is room for; what is left is the newest all the same")
    func budget() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "*", mode: "latest")
        _ = harness.read(one)
        let data = RawJSON(.string(String(repeating: "x", count: 1000)))
        for name in ["a", "b", "c", "d", "e", "a"] { harness.handle(.publish(name, data)) }
        #expect(harness.read(one, budget: 2500).count == 3)
        harness.handle(.publish("e", data))
        let rest = harness.read(one, budget: 2500)
        #expect(rest.map { $0.prefix(13) } == [#"{"event":"a","#, #"{"event":"e","#])
        #expect(harness.read(one) == [])
    }

    @Test("a contact's events are of one name too, whichever contact they are about")
    func contacts() {
        let (harness, one) = harness()
        harness.sees("a=connected b=connected")
        #expect(
            harness.briefly(one) == [
                "agent::update e1:1", "agent::init e1:3", "agent::refresh e1:4", "agent::routable e1:5",
                "agent::state_change e1:6", "contact::init e1:10", "contact::connected e1:11", "contact::refresh e1:12",
            ])
    }

    @Test("a reply between lines is between those that are left")
    func replies() {
        let (harness, one) = harness()
        harness.handle(.publish("a", nil))
        harness.handle(.publish("a", nil))
        harness.say(one, #"{"event":"synchronize"}"#)
        harness.handle(.publish("a", nil))
        harness.handle(.publish("a", nil))
        #expect(harness.briefly(one) == ["a e1:3", "acknowledge", "a e1:5"])
    }

    @Test(
        "clocks never go back, for no role: from the last one nothing comes twice",
        arguments: [Role.presence, .observer])
    func clocks(role: Role) throws {
        let harness = ConduitHarness()
        let one = harness.port(1, role: role)
        harness.subscribe(one, "*", mode: "latest")
        _ = harness.read(one)
        harness.sees()
        harness.sees(state: ["name": "Lunch", "type": "not_routable"])
        let clocks = harness.briefly(one).compactMap { $0.split(separator: ":").last.flatMap { Int($0) } }
        #expect(clocks.count > 4 && clocks == clocks.sorted())
    }
}
