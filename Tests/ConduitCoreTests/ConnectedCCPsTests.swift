// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Rate limit of update_connected_ccps")
struct ConnectedCCPsTests {
    @Test("twenty changes in a second are sent one by one, later ones as their newest count")
    func coalesced() {
        let harness = ConduitHarness()
        let watcher = harness.open(1)
        for number in UInt64(2)...20 { harness.open(number) }
        #expect(harness.read(watcher).dropFirst() == (1...20).map { ccps($0) }[...])
        harness.open(21)
        #expect(harness.recorded.contains(.schedule(.connectedCCPs, after: 100)))
        harness.forget()
        for number in UInt64(22)...25 { harness.open(number) }
        harness.handle(.closed(PortID(number: 25)))
        #expect(!harness.recorded.contains { if case .schedule = $0 { true } else { false } })
        #expect(harness.read(watcher) == [])
        harness.advance(99)
        #expect(harness.read(watcher) == [])
        harness.advance(1)
        #expect(harness.read(watcher) == [ccps(24)])
    }

    @Test("while changes go on: ten updates a second; after a pause: at once")
    func quietAgain() {
        let harness = ConduitHarness()
        let watcher = harness.open(1)
        for number in UInt64(2)...21 { harness.open(number) }
        harness.advance(150)
        _ = harness.read(watcher)
        harness.open(22)
        #expect(harness.read(watcher) == [])
        harness.advance(100)
        #expect(harness.read(watcher) == [ccps(22)])
        harness.advance(1_000)
        harness.open(23)
        #expect(harness.read(watcher) == [ccps(23)])
    }

    @Test("1000 changes in a second → at most 33 updates")
    func storm() {
        let harness = ConduitHarness()
        let watcher = harness.open(1)
        for number in 2...1_001 {
            let id = harness.open(UInt64(number))
            harness.handle(.closed(id))
            harness.advance(1)
        }
        harness.advance(1_000)
        let updates = harness.read(watcher).dropFirst()
        #expect((20...33).contains(updates.count))
        #expect(updates.last == ccps(1))
    }
}
