// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Subscribers in the mode latest")
struct LatestTests {
    private func harness() -> (ConduitHarness, PortID) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "a", "b", "contact::*", "agent::*", mode: "latest")
        _ = harness.read(one)
        return (harness, one)
    }

    @Test("a subscriber that keeps up gets every line")
    func keepingUp() {
        let (harness, one) = harness()
        for place in 2..<10 {
            harness.handle(.publish(place % 2 == 0 ? "a" : "b", nil))
            #expect(harness.briefly(one) == ["\(place % 2 == 0 ? "a" : "b") e1:\(place)"])
        }
    }

    @Test("a blocked subscriber gets the newest line of each name, in the log's order")
    func blocked() {
        let (harness, one) = harness()
        for name in ["a", "b", "a", "x", "b", "a", "x"] { harness.handle(.publish(name, nil)) }
        #expect(harness.briefly(one) == ["b e1:6", "a e1:7"])
        #expect(harness.briefly(one) == [])
    }

    @Test("a read ends at the budget; the rest is still the newest line of each name")
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

    @Test("events of different contacts have one name")
    func contacts() {
        let (harness, one) = harness()
        harness.updateAgent("a=connected b=connected")
        #expect(
            harness.briefly(one) == [
                "agent::update e1:1", "agent::init e1:3", "agent::refresh e1:4", "agent::routable e1:5",
                "agent::state_change e1:6", "contact::init e1:10", "contact::connected e1:11", "contact::refresh e1:12",
            ])
    }

    @Test("a reply keeps its place among the remaining lines")
    func replies() {
        let (harness, one) = harness()
        harness.handle(.publish("a", nil))
        harness.handle(.publish("a", nil))
        harness.send(one, #"{"event":"synchronize"}"#)
        harness.handle(.publish("a", nil))
        harness.handle(.publish("a", nil))
        #expect(harness.briefly(one) == ["a e1:3", "acknowledge", "a e1:5"])
    }

    @Test(
        "clocks never decrease, so resuming from the last one repeats nothing",
        arguments: [Role.presence, .observer])
    func clocks(role: Role) throws {
        let harness = ConduitHarness()
        let one = harness.port(1, role: role)
        harness.subscribe(one, "*", mode: "latest")
        _ = harness.read(one)
        harness.updateAgent()
        harness.updateAgent(state: ["name": "Lunch", "type": "not_routable"])
        let clocks = harness.briefly(one).compactMap { $0.split(separator: ":").last.flatMap { Int($0) } }
        #expect(clocks.count > 4 && clocks == clocks.sorted())
    }
}
