// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Agents that are larger than a port's limit")
struct LargeAgentTests {
    private static let size = 200_000

    private func harness() -> ConduitHarness {
        let harness = ConduitHarness { $0.ledger.portBytes = 65_536 }
        harness.updateAgent(state: ["name": .string(String(repeating: "x", count: Self.size)), "type": "routable"])
        return harness
    }

    @Test("a new port whose first agent waits in its socket → stays")
    func firstAgent() {
        let harness = harness()
        let one = harness.open(1)
        _ = harness.read(one)
        harness.handle(.buffered(one, bytes: Self.size))
        #expect(harness.closed[one] == nil)
        harness.handle(.buffered(one, bytes: 0))
        // The next one counts: a client must not pile them up.
        harness.handle(.buffered(one, bytes: 1))
        harness.handle(.buffered(one, bytes: Self.size))
        #expect(harness.conduit.ports[one]?.account.bytes == Self.size)
    }

    @Test("the contacts that are there already belong to the first snapshot")
    func existing() {
        let harness = ConduitHarness { $0.ledger.portBytes = 65_536 }
        harness.updateAgent("\(String(repeating: "x", count: Self.size))=connected")
        let one = harness.port(1)
        harness.handle(.buffered(one, bytes: 0))
        harness.ask(one, "subscribe", ["events": ["contact::*"], "existing": true])
        #expect(harness.conduit.ports[one]?.account.bytes == 0)
        #expect(harness.read(one).suffix(2).allSatisfy { $0.utf8.count > Self.size })
        #expect(harness.closed[one] == nil)
    }

    @Test("the first subscription's snapshot is not counted, a later one's is")
    func snapshots() {
        let harness = harness()
        let one = harness.port(1)
        harness.handle(.buffered(one, bytes: 0))
        harness.subscribe(one, "agent::*")
        #expect(harness.conduit.ports[one]?.account.bytes == 0)
        harness.subscribe(one, "agent::*")
        #expect((harness.conduit.ports[one]?.account.bytes ?? 0) > Self.size)
        harness.subscribe(one, "*")
        #expect(harness.closed[one]?.contains("slow") == true)
    }
}
