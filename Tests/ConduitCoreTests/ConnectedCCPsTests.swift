import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("How many ports there are, told with measure")
struct ConnectedCCPsTests {
    @Test("twenty changes a second are told one by one, the rest by their newest number")
    func coalesced() {
        let harness = ConduitHarness()
        let watcher = harness.open(1)
        for number in UInt64(2)...20 { harness.open(number) }
        #expect(harness.read(watcher).dropFirst() == (1...20).map { ccps($0) }[...])
        harness.open(21)
        #expect(harness.recorded.last == .schedule(.connectedCCPs, after: 100))
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

    @Test("as long as it goes on: ten times a second; when it is quiet again: at once")
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

    @Test("a storm of a thousand changes gives no more lines than that")
    func storm() {
        let harness = ConduitHarness()
        let watcher = harness.open(1)
        for number in 2...1_001 {
            let id = harness.open(UInt64(number))
            harness.handle(.closed(id))
            harness.advance(1)
        }
        harness.advance(1_000)
        let told = harness.read(watcher).dropFirst()
        #expect((20...33).contains(told.count))
        #expect(told.last == ccps(1))
    }
}
