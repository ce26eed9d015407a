// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Clients that send nothing more")
struct HalfCloseTests {
    private let call: JSON = ["method": "acceptContact", "params": ["contactId": "c"], "deadlineMs": 5_000]

    /// The ports that were told to finish.
    private func finished(_ harness: ConduitHarness) -> [PortID] {
        harness.recorded.compactMap { if case .finish(let id) = $0 { id } else { nil } }
    }

    @Test("no open request → finished at once; the port is not counted any more, and its output stays")
    func idle() {
        let harness = ConduitHarness()
        let one = harness.open(1)
        harness.handle(.inputClosed(one))
        #expect(finished(harness) == [one])
        #expect(harness.conduit.portCount == 0)
        #expect(harness.briefly(one) == ["acknowledge", "update_connected_ccps"])
    }

    @Test("shutdown → a port that still drains is closed without waiting")
    func shutdown() {
        let harness = ConduitHarness()
        let one = harness.open(1)
        harness.handle(.inputClosed(one))
        harness.handle(.shutdown(reason: "x"))
        #expect(harness.closed[one] == "")
    }

    @Test("an open call → answered first, then finished")
    func open() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "call", call)
        harness.ask(one, "getStatus", requestId: 2)
        harness.handle(.inputClosed(one))
        #expect(finished(harness) == [])
        harness.handle(.responded(one, requestId: RawJSON(2), .data([:])))
        #expect(finished(harness) == [])
        harness.handle(.answered(.call(1), .success([:])))
        #expect(finished(harness) == [one])
        #expect(harness.read(one).count { $0.contains("partyline::response") } == 2)
    }

    @Test("a call without an answer → finished after its deadline")
    func deadline() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "call", call)
        harness.handle(.inputClosed(one))
        harness.advance(4_999)
        #expect(finished(harness) == [])
        harness.advance(1)
        #expect(finished(harness) == [one])
    }

    @Test("a subscriber goes on receiving events until it closes its other side")
    func subscriber() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "*")
        harness.handle(.inputClosed(one))
        _ = harness.read(one)
        harness.updateAgent("a=connected")
        #expect(harness.briefly(one).contains { $0.hasPrefix("contact::connected") })
        #expect(finished(harness) == [])
        harness.handle(.closed(one))
        #expect(harness.conduit.portCount == 0 && harness.conduit.halfClosed.isEmpty)
    }
}
