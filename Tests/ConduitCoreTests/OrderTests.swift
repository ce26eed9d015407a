// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Order of lines, and slow ports")
struct OrderTests {
    private func event(_ name: String) -> String { #"{"event":"\#(name)"}"# }
    private let ack = #"{"event":"acknowledge"}"#
    private let sync = #"{"event":"synchronize"}"#

    @Test("a reply comes after earlier lines and before later ones")
    func repliesAndLines() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.handle(.publish("a", nil))
        harness.send(one, sync)
        harness.send(one, sync)
        harness.handle(.publish("b", nil))
        harness.send(one, sync)
        harness.handle(.publish("c", nil))
        #expect(harness.read(one) == [event("a"), ack, ack, event("b"), ack, event("c")])
    }

    @Test("a read ends at its budget, contains at least one line, and repeats none", arguments: [1, 14, 30, 60])
    func budget(bytes: Int) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let names = ["a", "b", "c", "d", "e"]
        for name in names {
            harness.handle(.publish(name, nil))
            harness.send(one, sync)
        }
        var all: [String] = []
        while harness.hasOutput(one) {
            let some = harness.read(one, budget: bytes)
            #expect(!some.isEmpty)
            // Everything before the last line is below the budget.
            #expect(some.dropLast().reduce(0) { $0 + $1.utf8.count + 1 } < bytes)
            all += some
        }
        #expect(all == names.flatMap { [event($0), ack] })
        #expect(harness.read(one, budget: 0) == [])
    }

    @Test("a lagging port gets partyline::lagged once, with the range, and the remaining lines")
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
        return (.agent(try #require(AgentData(json: json))), #"{"event":"agent::update","data":\#(json.text)}"#)
    }

    @Test("a lagging port gets the newest agent if it was dropped")
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

    @Test("the newest agent is not sent twice, and not again after it was read")
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

    @Test("the replies of a lagging port are not lost and keep their order")
    func laggedReplies() {
        let harness = ConduitHarness { $0.logLines = 2 }
        let one = harness.port(1)
        harness.send(one, sync)
        harness.handle(.publish("a", nil))
        harness.send(one, sync)
        for name in ["b", "c"] { harness.handle(.publish(name, nil)) }
        harness.send(one, sync)
        let lagged = #"{"event":"partyline::lagged","data":{"from":"e1:2","to":"e1:2"}}"#
        #expect(harness.read(one) == [ack, lagged, ack, event("b"), event("c"), ack])
    }

    @Test("unread replies above the limit → partyline::bye with slow; other ports are unaffected")
    func slow() {
        let harness = ConduitHarness { $0.ledger.portBytes = 24 * 8 }
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        for _ in 1...8 { harness.send(two, sync) }
        #expect(harness.closed.isEmpty)
        harness.send(two, sync)
        let bye =
            #"{"event":"partyline::bye","data":{"reason":"slow","message":"this port has 192 bytes of unread replies; "#
            + #"24 more would exceed its limit of 192 (limits.replyBytes)"}}"#
        #expect(harness.closed == [two: bye])
        // Bytes that can still be written come before the bye. Nothing is added.
        #expect(harness.read(two).prefix(8) == Array(repeating: #"{"event":"acknowledge"}"#, count: 8)[...])
        harness.handle(.closed(two))
        #expect(harness.read(two) == [])
        #expect(harness.read(one) == [ccpsAfterClose(1)])
    }

    @Test("read replies do not count, and a single reply may exceed the limit")
    func readReplies() {
        let harness = ConduitHarness { $0.ledger.portBytes = 24 * 2 }
        let one = harness.port(1)
        for _ in 1...50 {
            harness.send(one, sync)
            harness.send(one, sync)
            #expect(harness.read(one) == [ack, ack])
        }
        let long = JSON.string(String(repeating: "x", count: 500))
        harness.handle(.answered(.request(one, requestId: nil), .success(long)))
        #expect(harness.closed.isEmpty)
        #expect(harness.read(one).count == 1)
    }
}
