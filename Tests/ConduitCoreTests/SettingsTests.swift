// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Reloaded settings")
struct SettingsTests {
    private func settings(_ change: (inout ConduitSettings) -> Void) -> ConduitEvent {
        var settings = ConduitSettings(epoch: "another", access: AccessRules(ownUid: ConduitHarness.owner))
        change(&settings)
        return .settings(settings)
    }

    @Test("new access rules apply to new ports, existing ports keep their role")
    func access() {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .operator)
        harness.handle(settings { $0.access = AccessRules(ownUid: 1000, rules: [AccessRule(.user(7), .observer)]) })
        harness.send(one, #"{"event":"broadcast","data":{"event":"mute"}}"#)
        #expect(harness.read(one) == [#"{"event":"mute"}"#])
        let two = harness.open(2, uid: 7)
        #expect(harness.read(two).first?.contains(#""role":"observer""#) == true)
        let three = harness.open(3, uid: 2002)
        #expect(harness.closed[three]?.contains("not_permitted") == true)
    }

    @Test("a reload keeps the epoch and the clocks")
    func epoch() {
        let harness = ConduitHarness()
        harness.handle(.publish("a", nil))
        harness.handle(settings { _ in })
        let one = harness.open(1)
        #expect(harness.read(one).first?.contains(#""epoch":"e1""#) == true)
        harness.subscribe(one, "*", since: "e1:1")
        #expect(harness.briefly(one) == ["partyline::response", "update_connected_ccps e1:2"])
    }

    @Test("new limits apply at once, to existing ports, too")
    func limits() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        for _ in 0..<10 { harness.handle(.publish("a", nil)) }
        harness.handle(
            settings {
                $0.logLines = 3
                $0.ledger.portRequests = 1
                $0.lineLimit = 5
                $0.badLineLimit = 2
                $0.acceptsConfigure = false
            })
        harness.handle(.publish("a", nil))
        #expect(harness.conduit.log.count == 3)
        for _ in 1...2 { harness.ask(one, "getStatus") }
        #expect(harness.asked.count == 1)
        harness.send(one, #"{"event":"configure"}"#)
        #expect(harness.conduit.counters.ignoredConfigures == 1)
        harness.handle(.lineTooLong(one))
        harness.handle(.lineTooLong(one))
        #expect(harness.closed[one]?.contains("bad_lines") == true)
    }

    @Test("a new request rate applies at once, to existing ports, too")
    func pace() {
        let harness = ConduitHarness {
            $0.requestsPerSecond = 1
            $0.requestBurst = 1
        }
        let one = harness.port(1)
        for _ in 1...2 { harness.send(one, #"{"event":"synchronize"}"#) }
        #expect(harness.briefly(one) == ["acknowledge", "partyline::error"])
        harness.handle(
            settings {
                $0.requestsPerSecond = 1_000
                $0.requestBurst = 100
            })
        harness.advance(100)
        for _ in 1...50 { harness.send(one, #"{"event":"synchronize"}"#) }
        #expect(harness.briefly(one) == Array(repeating: "acknowledge", count: 50))
    }
}
