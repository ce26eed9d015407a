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
        harness.handle(.answered(.request(one, requestId: nil), .success(long)))
        #expect(harness.closed.isEmpty)
        #expect(harness.read(one).count == 1)
    }
}
