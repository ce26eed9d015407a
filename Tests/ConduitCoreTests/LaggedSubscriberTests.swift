// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Lagging subscribers")
struct LaggedSubscriberTests {
    @Test("a lagging subscriber gets partyline::lagged once, with the range, and starts anew")
    func lagged() {
        let harness = ConduitHarness { $0.logLines = 3 }
        let one = harness.port(1)
        harness.subscribe(one, "a")
        _ = harness.read(one)
        harness.handle(.publish("a", nil))
        for name in ["b", "c", "d"] { harness.handle(.publish(name, nil)) }
        #expect(
            harness.read(one) == [
                #"{"event":"partyline::lagged","data":{"from":"e1:2","to":"e1:5","fresh":true,"clock":"e1:5"}}"#
            ])
        #expect(harness.conduit.counters.lags == 1)
        harness.handle(.publish("a", nil))
        #expect(harness.briefly(one) == ["a e1:6"])
    }

    @Test("the snapshot in partyline::lagged is the newest, and earlier events are not sent")
    func snapshot() throws {
        let harness = ConduitHarness { $0.logLines = 4 }
        let one = harness.port(1)
        harness.subscribe(one, "*")
        _ = harness.read(one)
        harness.updateAgent("a=connecting")
        harness.updateAgent("a=connected")
        let line = try JSON(parsing: try #require(harness.read(one).first))
        #expect(line["event"] == "partyline::lagged")
        let contacts = line["data"]?["snapshot"]?["snapshot"]?["contacts"]?.array
        #expect(contacts?.first?["state"]?["type"] == "connected")
        #expect(line["data"]?["clock"] == line["data"]?["to"])
        #expect(!harness.hasOutput(one))
        harness.updateAgent("a=connected")
        let names = harness.briefly(one).map { $0.prefix { $0 != " " } }
        #expect(names == ["agent::update", "agent::refresh", "contact::refresh"])
    }

    @Test("a subscriber can resume from the clock of partyline::lagged")
    func resume() {
        let harness = ConduitHarness { $0.logLines = 2 }
        let one = harness.port(1)
        harness.subscribe(one, "*")
        _ = harness.read(one)
        for name in ["a", "b", "c"] { harness.handle(.publish(name, nil)) }
        _ = harness.read(one)
        harness.handle(.publish("d", nil))
        harness.subscribe(one, "*", since: "e1:4")
        #expect(harness.briefly(one) == ["partyline::response", "d e1:5"])
    }

    @Test("replies are not lost, and come after partyline::lagged")
    func replies() {
        let harness = ConduitHarness { $0.logLines = 2 }
        let one = harness.port(1)
        harness.subscribe(one, "*")
        harness.handle(.publish("a", nil))
        harness.send(one, #"{"event":"synchronize"}"#)
        for name in ["b", "c"] { harness.handle(.publish(name, nil)) }
        harness.send(one, #"{"event":"synchronize"}"#)
        #expect(harness.briefly(one) == ["partyline::response", "partyline::lagged", "acknowledge", "acknowledge"])
    }

    @Test("a subscriber that is served while only other lines are logged does not lag")
    func passedOver() {
        let harness = ConduitHarness { $0.logLines = 2 }
        let one = harness.port(1)
        harness.subscribe(one, "rare")
        _ = harness.read(one)
        for _ in 0..<50 {
            harness.handle(.publish("often", nil))
            #expect(harness.read(one) == [])
        }
        harness.handle(.publish("rare", nil))
        #expect(harness.briefly(one) == ["rare e1:52"])
    }

    @Test(
        "a late subscriber skips superseded agent updates",
        arguments: [false, true])
    func late(isLate: Bool) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "agent::update", "contact::*")
        _ = harness.read(one)
        for contact in ["a=connecting", "a=connected"] { harness.updateAgent(contact) }
        let all = [
            "agent::update e1:1", "contact::init e1:7", "contact::connecting e1:8", "contact::refresh e1:9",
            "agent::update e1:9", "contact::connected e1:12", "contact::refresh e1:13",
        ]
        #expect(harness.briefly(one, isLate: isLate) == (isLate ? Array(all.dropFirst()) : all))
    }
}
