// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Restarts")
struct RestartTests {
    private func briefly(_ harness: ConduitHarness, _ number: UInt64, since: String?, _ events: String = "*")
        -> [String]
    {
        let id = harness.open(number)
        harness.subscribe(id, events, since: since)
        return harness.briefly(id).filter {
            !["acknowledge", "partyline::response"].contains($0) && !$0.contains("ccps")
        }
    }

    @Test("kept events are back at their positions, and new ones continue after them")
    func lines() {
        let first = ConduitHarness.run("e1")
        first.handle(.publish("a", nil))
        first.handle(.publish(EventName.apiMetric, nil))
        first.handle(.publish("b", nil))
        let second = ConduitHarness.run("e2", after: first.state())
        second.handle(.publish("c", nil))
        #expect(second.log().map(\.position) == [1, 3, 4])
        #expect(second.log().map(\.text) == ["a", "b", "c"].map { #"{"event":"\#($0)"}"# })
        #expect(briefly(second, 1, since: "e1:0") == ["a e1:1", "b e1:3", "c e2:4"])
        #expect(briefly(second, 2, since: "e1:2") == ["b e1:3", "c e2:4"])
        #expect(briefly(second, 3, since: "e1:3") == ["c e2:4"])
        #expect(second.kept.flatMap(\.lines).first?.position == 4)
    }

    @Test("changes during the downtime → ordinary events")
    func changes() {
        let first = ConduitHarness.run("e1")
        first.updateAgent("a=connected b=connecting")
        let second = ConduitHarness.run("e2", after: first.state())
        second.updateAgent("b=connected", state: ["name": "Lunch", "type": "not_routable"])
        #expect(
            briefly(second, 1, since: "e1:11").map { $0.prefix { $0 != " " } } == [
                "agent::refresh", "agent::not_routable", "agent::state_change", "contact::ended", "contact::destroyed",
                "contact::connected", "contact::refresh",
            ])
    }

    @Test("events from before the restart are not repeated")
    func memory() {
        let first = ConduitHarness.run("e1")
        first.updateAgent("a=connecting b=connected")
        first.updateAgent("a=connecting b=ended")
        first.handle(.accepted(contactId: "a"))
        let second = ConduitHarness.run("e2", after: first.state())
        second.handle(.accepted(contactId: "a"))
        second.updateAgent("a=connecting b=ended")
        second.updateAgent("a=connecting")
        let names = briefly(second, 1, since: "e1:18").map { $0.prefix { $0 != " " } }
        #expect(names.filter { $0 != "agent::refresh" && $0 != "contact::refresh" } == ["contact::destroyed"])
    }

    @Test("subscribers get the former run's agent, Streams ports wait for the next one")
    func agent() throws {
        let first = ConduitHarness.run("e1")
        first.updateAgent("a=connected")
        let second = ConduitHarness.run("e2", after: first.state())
        let streams = second.open(1)
        #expect(second.briefly(streams) == ["acknowledge", "update_connected_ccps"])
        second.subscribe(streams, "*")
        let answer = try JSON(parsing: try #require(second.read(streams).first))["data"]?["data"]
        #expect(answer?["snapshot"] == first.agent?.json && answer?["clock"] == "e2:9")
        second.ask(streams, "getAgent")
        #expect(second.asked == [.agent(requestId: RawJSON(1), .admin)])
    }

    @Test("the clock is the former run's until the first event, and both runs' clocks can be resumed")
    func clock() {
        let first = ConduitHarness.run("e1")
        first.handle(.publish("a", nil))
        let second = ConduitHarness.run("e2", after: first.state())
        #expect(second.conduit.clock == "e1:1")
        second.handle(.publish("b", nil))
        #expect(second.conduit.clock == "e2:2")
        for since in ["e1:1", "e2:1"] {
            #expect(briefly(second, since == "e1:1" ? 1 : 2, since: since).contains("b e2:2"))
        }
    }

    @Test(
        "an unknown clock (not kept, another run, in the future) → fresh",
        arguments: ["e1:3", "e1:4", "e2:4", "e0:1", "e3:1"])
    func unknown(since: String) {
        let first = ConduitHarness.run("e1")
        for name in ["a", "b", "c"] { first.handle(.publish(name, nil)) }
        let second = ConduitHarness.run("e2", after: first.state(changes: 2))
        let id = second.port(1)
        second.subscribe(id, "*", since: since)
        #expect(second.read(id) == [answerLine(#"{"clock":"e2:3","fresh":true}"#)])
    }

    @Test(
        "a clock before the oldest event is resumed if no later event is missing", arguments: [(3, false), (2, true)])
    func floor(since: Int, isFresh: Bool) {
        let bytes = Array("{\"event\":\"x\"}\n".utf8)
        let kept = KeptState(
            runs: [KeptRun(epoch: "e1", last: 9)], lines: [KeptLine(position: 7, name: "x", time: 0, bytes: bytes)],
            agent: nil, memory: .null, next: 10, floor: 4)
        let second = ConduitHarness.run("e2", after: kept)
        let id = second.port(1)
        second.subscribe(id, "x", since: "e1:\(since)")
        let clock = isFresh ? "e2:10" : "e1:\(since)"
        #expect(second.read(id).first == answerLine(#"{"clock":"\#(clock)","fresh":\#(isFresh)}"#))
        #expect(second.read(id) == [])
        if !isFresh { #expect(briefly(second, 2, since: "e1:\(since)", "x") == ["x e1:7"]) }
    }

    @Test("a smaller log keeps the newest events")
    func smaller() {
        let first = ConduitHarness.run("e1")
        for name in ["a", "b", "c", "d"] { first.handle(.publish(name, nil)) }
        let second = ConduitHarness.run("e2", after: first.state()) { $0.logLines = 3 }
        second.handle(.publish("e", nil))
        #expect(second.log().map(\.position) == [3, 4, 5])
        let id = second.port(1)
        second.subscribe(id, "*", since: "e1:3")
        #expect(second.briefly(id) == ["partyline::response", "d e1:4", "e e2:5", "update_connected_ccps e2:6"])
    }

    @Test("after three runs each event has the clock of its own run")
    func runs() {
        var state = KeptState.fresh
        for (epoch, name) in [("e1", "a"), ("e2", "b"), ("e3", "c")] {
            let run = ConduitHarness.run(epoch, after: state)
            run.handle(.publish(name, nil))
            state = run.state(after: state)
        }
        let last = ConduitHarness.run("e4", after: state)
        #expect(briefly(last, 1, since: "e1:0") == ["a e1:1", "b e2:2", "c e3:3"])
        #expect(briefly(last, 2, since: "e2:2") == ["c e3:3"])
        #expect(last.conduit.status.eventLog.formerRuns == 3)
    }
}
