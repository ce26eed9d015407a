// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Resuming from a clock")
struct ResumeTests {
    /// A daemon with the events `a` at position 1, a metric, `b` at 3, `c` at 4. The next port's update is at 5.
    private func harness(_ change: (inout ConduitSettings) -> Void = { _ in }) -> ConduitHarness {
        let harness = ConduitHarness(change)
        harness.handle(.publish("a", nil))
        harness.handle(.publish(EventName.apiMetric, nil))
        harness.handle(.publish("b", nil))
        harness.handle(.publish("c", nil))
        return harness
    }

    /// What a new port gets when it resumes.
    private func resumed(_ harness: ConduitHarness, _ events: String = "*", since: String, mode: String? = nil)
        -> [String]
    {
        let id = PortID(number: 100)
        harness.handle(.opened(id, ConduitHarness.peer(), nonce: "n"))
        harness.subscribe(id, events, since: since, mode: mode)
        defer { harness.handle(.closed(id)) }
        return Array(harness.read(id).drop { !$0.contains("partyline::response") })
    }

    private func answer(_ clock: String) -> String { answerLine(#"{"clock":"\#(clock)","fresh":false}"#) }

    private static let time = #""time":"2025-01-01T12:00:00.000Z""#
    private static func line(_ name: String, _ clock: String) -> String {
        #"{"event":"\#(name)","clock":"\#(clock)",\#(time)}"#
    }

    @Test(
        "every event after the clock, in order, once; superseded lines are not replayed",
        arguments: [(0, "abc"), (1, "bc"), (2, "bc"), (3, "c"), (4, "")])
    func all(since: Int, names: String) {
        let harness = harness()
        let places: [Character: Int] = ["a": 1, "b": 3, "c": 4]
        let lines = names.map { Self.line(String($0), "e1:\(places[$0] ?? 0)") }
        let all = resumed(harness, since: "e1:\(since)")
        #expect(all.dropLast() == [answer("e1:\(since)")] + lines)
        #expect(brief(all.last ?? "") == "update_connected_ccps e1:5")
    }

    @Test("the newest clock → no events")
    func newest() {
        let harness = harness()
        let one = harness.port(1)
        harness.subscribe(one, "*", since: "e1:5")
        #expect(harness.read(one) == [answer("e1:5")])
        harness.handle(.publish("d", nil))
        #expect(harness.read(one) == [Self.line("d", "e1:6")])
    }

    @Test("replayed events have their original clock, time and sender")
    func endings() {
        let harness = harness()
        let one = harness.port(1)
        harness.advance(5_000)
        harness.broadcast(one, "mute", 1)
        harness.advance(5_000)
        harness.subscribe(one, "mute", since: "e1:0")
        let line =
            #"{"event":"mute","data":1,"clock":"e1:6","time":"2025-01-01T12:00:05.000Z","from":"1735732800000-n1"}"#
        #expect(harness.read(one) == [answer("e1:0"), line])
    }

    @Test("a null since → fresh")
    func null() throws {
        let harness = harness()
        let one = harness.port(1)
        harness.ask(one, "subscribe", ["events": ["*"], "since": .null])
        #expect(harness.read(one) == [answerLine(#"{"clock":"e1:5","fresh":true}"#)])
    }

    @Test(
        "an unknown clock, or one of another daemon → fresh",
        arguments: [
            "e1:6", "e1:7", "e1:18446744073709551615", "e1:18446744073709551616", "e0:1", "E1:1", ":1", "1", "e1",
            "e1:",
            "e1:-1", "e1:1.0", "e1:x", "e1:1:", "e1::1", "nonsense", "💥",
        ])
    func unknown(since: String) {
        let harness = harness()
        let one = harness.port(1)
        harness.subscribe(one, "*", since: since)
        #expect(harness.read(one) == [answerLine(#"{"clock":"e1:5","fresh":true}"#)])
    }

    @Test("an event after the clock is gone from the log → fresh with the snapshot")
    func tooOld() {
        let harness = harness { $0.logLines = 2 }
        let one = harness.port(1)
        harness.subscribe(one, "*", since: "e1:2")
        #expect(harness.read(one) == [answerLine(#"{"clock":"e1:5","fresh":true}"#)])
        harness.subscribe(one, "*", since: "e1:3")
        #expect(harness.briefly(one) == ["partyline::response", "c e1:4", "update_connected_ccps e1:5"])
        harness.updateAgent()
        _ = harness.read(one)
        harness.subscribe(one, "*", since: "e1:2")
        #expect(harness.read(one).first?.contains(#""fresh":true,"snapshot":{"#) == true)
    }

    @Test("only matching events are replayed; in the mode latest the newest of each name")
    func patterns() {
        let harness = harness()
        for name in ["x", "a", "x"] { harness.handle(.publish(name, nil)) }
        let briefly = { (lines: [String]) in lines.dropFirst().map(brief) }
        #expect(briefly(resumed(harness, "x", since: "e1:1")) == ["x e1:5", "x e1:7"])
        #expect(briefly(resumed(harness, "x", since: "e1:5")) == ["x e1:7"])
        #expect(briefly(resumed(harness, "nothing", since: "e1:0")) == [])
        let newest = resumed(harness, since: "e1:0", mode: "latest")
        #expect(briefly(newest).dropLast() == ["b e1:3", "c e1:4", "a e1:6", "x e1:7"])
    }

    @Test("resuming twice from one clock replays twice; the newest request counts")
    func twice() {
        let harness = harness()
        let one = harness.port(1)
        for _ in 0..<2 {
            harness.subscribe(one, "a", "b", since: "e1:0")
            #expect(harness.briefly(one) == ["partyline::response", "a e1:1", "b e1:3"])
        }
        harness.subscribe(one, "a", "b", since: "e1:0")
        harness.subscribe(one, "b", since: "e1:1")
        #expect(harness.briefly(one) == ["partyline::response", "partyline::response", "b e1:3"])
    }

    @Test("replies during a replay come after earlier lines", arguments: [1, 50, 150, 10_000])
    func replies(budget: Int) {
        let harness = harness()
        let one = harness.port(1)
        harness.send(one, #"{"event":"synchronize"}"#)
        harness.subscribe(one, "*", since: "e1:3")
        harness.send(one, #"{"event":"synchronize"}"#)
        harness.handle(.publish(EventName.apiMetric, nil))
        harness.handle(.publish("d", nil))
        harness.send(one, #"{"event":"synchronize"}"#)
        var all: [String] = []
        while harness.hasOutput(one) { all += harness.briefly(one, budget: budget) }
        #expect(
            all == [
                "acknowledge", "partyline::response", "c e1:4", "update_connected_ccps e1:5", "acknowledge",
                "api_metric e1:5", "d e1:7", "acknowledge",
            ])
    }

    @Test("a resuming port that lags → partyline::lagged and fresh")
    func lagging() {
        let harness = harness { $0.logLines = 4 }
        let one = harness.port(1)
        harness.subscribe(one, "*", since: "e1:1")
        #expect(harness.briefly(one, budget: 1) == ["partyline::response"])
        for name in ["d", "e"] { harness.handle(.publish(name, nil)) }
        #expect(
            harness.read(one) == [
                #"{"event":"partyline::lagged","data":{"from":"e1:2","to":"e1:7","fresh":true,"clock":"e1:7"}}"#
            ])
    }
}
