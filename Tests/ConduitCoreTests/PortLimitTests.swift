// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Refused ports")
struct PortLimitTests {
    private func refusal(_ harness: ConduitHarness, _ id: PortID) throws -> (message: String?, hint: String?) {
        let line = try JSON(parsing: try #require(harness.closed[id]))
        #expect(line["event"] == "partyline::error" && line["data"]?["code"] == "too_many")
        return (line["data"]?["message"]?.string, line["data"]?["hint"]?.string)
    }

    @Test("too many ports of a program")
    func program() throws {
        let harness = ConduitHarness { $0.ledger.programPorts = 2 }
        for number in 1...2 { harness.open(UInt64(number)) }
        harness.forget()
        let third = harness.open(3)
        let (message, hint) = try refusal(harness, third)
        #expect(message == "process 42 of user 1000 has 2 ports; it may have 2 (limits.programPorts)")
        #expect(hint == "raise limits.programPorts in the daemon's configuration, then: partyline reload")
        #expect(harness.journal == ["a port was refused: \(message ?? "")"])
        #expect(harness.conduit.portCount == 2 && harness.conduit.counters.refusedConnections == 1)
        harness.handle(.closed(PortID(number: 1)))
        harness.open(4)
        #expect(harness.conduit.portCount == 2)
    }

    @Test("too many ports of a user")
    func user() throws {
        let harness = ConduitHarness { $0.ledger.uidPorts = 2 }
        for number in 1...3 {
            let peer = Peer(pid: Int32(number), uid: 1000, groups: [], program: nil)
            harness.handle(.opened(PortID(number: UInt64(number)), peer, nonce: "n"))
        }
        let (message, hint) = try refusal(harness, PortID(number: 3))
        #expect(message == "user 1000 has 2 ports; it may have 2 (limits.uidPorts)")
        #expect(hint?.contains("limits.uidPorts") == true)
        harness.open(9, uid: 0)
        #expect(harness.conduit.portCount == 3)
    }

    @Test("too many short connections → refused for a second, with one log line")
    func churn() {
        let harness = ConduitHarness { $0.shortConnections = 100 }
        harness.forget()
        for number in 1...500 {
            let id = harness.open(UInt64(number))
            harness.handle(.closed(id))
            harness.advance(1)
        }
        let refused = harness.closed.values.filter { $0.contains("connected and disconnected more than 100 times") }
        #expect(refused.count == 399 && harness.conduit.counters.connections == 101)
        #expect(harness.journal.count == 1)
        #expect(harness.conduit.ledger.usage.ports == 0)
        harness.advance(1_000)
        harness.open(501)
        #expect(harness.conduit.portCount == 1)
    }

    @Test("1000 refused connections in a second do not fill the log", arguments: [true, false])
    func refusedChurn(isStranger: Bool) {
        let harness = ConduitHarness { $0.ledger.uidPorts = 1 }
        harness.open(1_000, uid: 1000)
        harness.forget()
        for number in 1...999 {
            let id = harness.open(UInt64(number), uid: isStranger ? 77 : 1000)
            harness.handle(.closed(id))
            harness.advance(1)
        }
        #expect(harness.conduit.counters.refusedConnections == 999)
        #expect(harness.journal.count <= 102)
    }

    @Test("the ports of all users that the limit on open files allows")
    func openFiles() throws {
        let harness = ConduitHarness { $0.ledger.ports = 2 }
        harness.open(1)
        harness.open(2, uid: 0)
        let (message, hint) = try refusal(harness, harness.open(3, uid: 2003))
        #expect(message == "the daemon has 2 ports, which is all that its limit on open files allows (LimitNOFILE=)")
        #expect(hint?.contains("LimitNOFILE=") == true)
        harness.handle(.closed(PortID(number: 1)))
        harness.open(4)
        #expect(harness.conduit.portCount == 2)
    }

    @Test("one user's many ports leave some for the others")
    func reservedPorts() throws {
        let harness = ConduitHarness { settings in
            settings.ledger.ports = 100
            settings.shortConnections = 100_000
        }
        for number in 1...100 { harness.open(UInt64(number)) }
        #expect(harness.conduit.portCount == 75)
        for number in 101...116 { harness.open(UInt64(number), uid: 0) }
        #expect(harness.conduit.portCount == 91)
    }

    @Test("ports that are closed as bad as fast as possible → one log line a second, with their number")
    func floodOfBadPorts() {
        let harness = ConduitHarness { settings in
            settings.badLineLimit = 1
            settings.shortConnections = 100_000
        }
        harness.forget()
        for number in 1...1000 {
            let id = harness.open(UInt64(number))
            harness.send(id, "bad")
            harness.handle(.closed(id))
            harness.advance(3)
        }
        let lines = harness.journal.filter { $0.hasPrefix("a port was closed") }
        #expect(lines.count == 3)
        #expect(lines.last?.hasSuffix("closedSince=334") == true)
    }
}
