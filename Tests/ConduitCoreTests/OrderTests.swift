import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The order of what a port is sent, and what becomes of slow ones")
struct OrderTests {
    private func event(_ name: String) -> String { #"{"event":"\#(name)"}"# }
    private let ack = #"{"event":"acknowledge"}"#
    private let sync = #"{"event":"synchronize"}"#

    @Test("a reply comes after everything that was told before it, and before what came later")
    func repliesAndLines() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.handle(.publish("a", nil))
        harness.say(one, sync)
        harness.say(one, sync)
        harness.handle(.publish("b", nil))
        harness.say(one, sync)
        harness.handle(.publish("c", nil))
        #expect(harness.read(one) == [event("a"), ack, ack, event("b"), ack, event("c")])
    }

    @Test("a budget ends a read, one item is always sent, and nothing is sent twice", arguments: [1, 14, 30, 60])
    func budget(bytes: Int) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let names = ["a", "b", "c", "d", "e"]
        for name in names {
            harness.handle(.publish(name, nil))
            harness.say(one, sync)
        }
        var all: [String] = []
        while harness.hasOutput(one) {
            let some = harness.read(one, budget: bytes)
            #expect(!some.isEmpty)
            // Whatever was sent before the last item was below the budget.
            #expect(some.dropLast().reduce(0) { $0 + $1.utf8.count + 1 } < bytes)
            all += some
        }
        #expect(all == names.flatMap { [event($0), ack] })
        #expect(harness.read(one, budget: 0) == [])
    }

    @Test("a port that the log has left behind is told once from where to where, and goes on with what is left")
    func lagged() {
        let harness = ConduitHarness { $0.logLines = 3 }
        let one = harness.port(1)
        for name in ["a", "b", "c", "d", "e"] { harness.handle(.publish(name, nil)) }
        let lagged = #"{"event":"partyline::lagged","data":{"from":"e1:2","to":"e1:3"}}"#
        #expect(harness.read(one) == [lagged, event("c"), event("d"), event("e")])
        #expect(harness.read(one) == [])
        #expect(harness.conduit.counters.lags == 1)
        harness.handle(.publish("f", nil))
        #expect(harness.read(one) == [event("f")])
    }

    private func update(_ number: Int) throws -> (ConduitEvent, String) {
        let json: JSON = ["snapshot": ["n": .int(number), "contacts": []], "configuration": [:]]
        return (.agent(try #require(Agent(json: json))), #"{"event":"agent::update","data":\#(json.text)}"#)
    }

    @Test("a lagging port gets the newest agent if that is among the lost")
    func laggedAgent() throws {
        let harness = ConduitHarness { $0.logLines = 2 }
        let one = harness.port(1)
        let (first, _) = try update(1)
        let (second, line) = try update(2)
        harness.handle(first)
        harness.handle(second)
        for name in ["a", "b"] { harness.handle(.publish(name, nil)) }
        let lagged = #"{"event":"partyline::lagged","data":{"from":"e1:2","to":"e1:6"}}"#
        #expect(harness.read(one) == [lagged, line, event("a"), event("b")])
    }

    @Test("not twice if the log still has it, and not again if the port had it already")
    func laggedAgentOnce() throws {
        let harness = ConduitHarness { $0.logLines = 2 }
        let one = harness.port(1)
        let (newest, line) = try update(1)
        for name in ["a", "b"] { harness.handle(.publish(name, nil)) }
        harness.handle(newest)
        #expect(harness.read(one) == [#"{"event":"partyline::lagged","data":{"from":"e1:2","to":"e1:3"}}"#, line])
        for name in ["c", "d", "e"] { harness.handle(.publish(name, nil)) }
        #expect(
            harness.read(one) == [
                #"{"event":"partyline::lagged","data":{"from":"e1:7","to":"e1:7"}}"#, event("d"), event("e"),
            ])
    }

    @Test("a reply of a lagging port is not lost, and keeps its place")
    func laggedReplies() {
        let harness = ConduitHarness { $0.logLines = 2 }
        let one = harness.port(1)
        harness.say(one, sync)
        harness.handle(.publish("a", nil))
        harness.say(one, sync)
        for name in ["b", "c"] { harness.handle(.publish(name, nil)) }
        harness.say(one, sync)
        let lagged = #"{"event":"partyline::lagged","data":{"from":"e1:2","to":"e1:2"}}"#
        #expect(harness.read(one) == [ack, lagged, ack, event("b"), event("c"), ack])
    }

    @Test("a port that does not read its replies is told why it is closed; the others notice nothing")
    func slow() {
        let harness = ConduitHarness { $0.ledger.portBytes = 24 * 8 }
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        for _ in 1...8 { harness.say(two, sync) }
        #expect(harness.closed.isEmpty)
        harness.say(two, sync)
        let bye =
            #"{"event":"partyline::bye","data":{"reason":"slow","message":"this port has 192 bytes of unread replies; "#
            + #"24 more would exceed its 192 (limits.replyBytes)"}}"#
        #expect(harness.closed == [two: bye])
        // What it can still be written goes before the last word; nothing is added.
        #expect(harness.read(two).prefix(8) == Array(repeating: #"{"event":"acknowledge"}"#, count: 8)[...])
        harness.handle(.closed(two))
        #expect(harness.read(two) == [])
        #expect(harness.read(one) == [ccpsAfterClose(1)])
    }

    @Test("what was read counts no more, and a single reply may be longer than the bound")
    func readReplies() {
        let harness = ConduitHarness { $0.ledger.portBytes = 24 * 2 }
        let one = harness.port(1)
        for _ in 1...50 {
            harness.say(one, sync)
            harness.say(one, sync)
            #expect(harness.read(one) == [ack, ack])
        }
        let long = JSON.string(String(repeating: "x", count: 500))
        harness.handle(.answered(one, requestId: nil, data: long, error: nil))
        #expect(harness.closed.isEmpty)
        #expect(harness.read(one).count == 1)
    }
}

@Suite("What a port of the Streams dialect misses")
struct LossTests {
    /// The clocks from which to which a port is told to have missed something.
    private func lagged(_ from: Int, _ to: Int) -> String {
        #"{"event":"partyline::lagged","data":{"from":"e1:\#(from)","to":"e1:\#(to)"}}"#
    }

    private func metric(_ number: Int) -> ConduitEvent { .publish(EventName.apiMetric, RawJSON(.int(number))) }
    private func line(_ number: Int) -> String { #"{"event":"api_metric","data":\#(number)}"# }
    private func update(_ number: Int) -> String {
        #"{"event":"agent::update","data":{"snapshot":{"n":\#(number),"contacts":[]},"configuration":{}}}"#
    }

    private func sees(_ number: Int) -> ConduitEvent {
        .agent(
            Agent(
                snapshot: AgentSnapshot(json: JSONObject([("n", .int(number))])),
                configuration: AgentConfiguration(json: JSONObject())))
    }

    @Test("metrics that were let go of are told once; what is left comes all the same")
    func metrics() {
        let harness = ConduitHarness { $0.logLines = 16 }
        let one = harness.port(1)
        harness.handle(.publish("a", nil))
        for number in 1...5 { harness.handle(metric(number)) }
        #expect(harness.read(one) == [lagged(2, 5), #"{"event":"a"}"#, line(4), line(5)])
        #expect(harness.conduit.counters.lags == 1)
        for number in 6...7 { harness.handle(metric(number)) }
        #expect(harness.read(one) == [line(6), line(7)])
    }

    @Test("also if it was only one, the very first since the port came")
    func oneMetric() {
        let harness = ConduitHarness { $0.logLines = 8 }
        let one = harness.port(1)
        for number in 1...2 { harness.handle(metric(number)) }
        #expect(harness.read(one) == [lagged(2, 2), line(2)])
        for number in 3...4 { harness.handle(metric(number)) }
        #expect(harness.read(one) == [lagged(4, 4), line(4)])
    }

    @Test("older agents are no loss")
    func updates() {
        let harness = ConduitHarness { $0.logLines = 16 }
        let one = harness.port(1)
        for number in 1...4 { harness.handle(sees(number)) }
        #expect(harness.read(one) == [update(3), update(4)])
        #expect(harness.conduit.counters.lags == 0)
    }

    @Test("the newest agent comes even if metrics pushed it out of the log", arguments: [false, true])
    func newestUpdate(isLate: Bool) {
        let harness = ConduitHarness { $0.logLines = 16 }
        let one = harness.port(1)
        let presence = harness.port(2, role: .presence)
        _ = harness.read(one)
        harness.handle(sees(1))
        harness.handle(metric(1))
        harness.handle(metric(2))
        #expect(harness.read(one, isLate: isLate).filter { $0.contains("agent::update") } == [update(1)])
        let narrow = #"{"event":"agent::update","data":{"snapshot":{},"configuration":{}}}"#
        #expect(harness.read(presence, isLate: isLate) == [narrow])
        harness.handle(metric(3))
        #expect(harness.read(one, isLate: isLate) == [line(3)])
        #expect(harness.read(presence, isLate: isLate) == [])
    }

    @Test("nor is a port that came before it spared the newest one")
    func newcomer() {
        let harness = ConduitHarness { $0.logLines = 16 }
        harness.handle(sees(1))
        let one = harness.open(1)
        harness.handle(sees(2))
        for number in 1...2 { harness.handle(metric(number)) }
        #expect(harness.read(one).filter { $0.contains("agent::update") } == [update(2)])
    }

    @Test(
        "a port that did not take what it was sent is spared agents that are not the newest", arguments: [false, true])
    func late(isLate: Bool) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        for number in 1...3 {
            harness.handle(sees(number))
            harness.handle(metric(number))
        }
        let all = (1...3).flatMap { isLate && $0 < 3 ? [line($0)] : [update($0), line($0)] }
        #expect(harness.read(one, isLate: isLate) == all)
    }

    @Test("the journal has a line for a port that the log has left behind, once, even if it never reads")
    func verdict() {
        let harness = ConduitHarness { $0.logLines = 3 }
        let one = harness.port(1)
        harness.forget()
        let verdict = "a port is too slow: lines were left out, and it is told so (limits.eventLogBytes)"
        for _ in 0..<30 {
            harness.advance(100)
            harness.handle(.publish("a", nil))
        }
        #expect(harness.journal == [verdict])
        _ = harness.read(one)
        for _ in 0..<30 {
            harness.advance(100)
            harness.handle(.publish("a", nil))
        }
        #expect(harness.journal == [verdict, verdict])
        #expect(harness.conduit.counters.lags == 2)
    }

    @Test("metrics are nothing that presence could miss")
    func presence() {
        let harness = ConduitHarness { $0.logLines = 8 }
        let one = harness.port(1, role: .presence)
        for number in 1...5 { harness.handle(metric(number)) }
        #expect(harness.read(one) == [])
        #expect(harness.conduit.counters.lags == 0)
    }
}
