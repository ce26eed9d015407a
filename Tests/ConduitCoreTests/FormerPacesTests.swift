// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The request rate of reconnecting programs")
struct FormerPacesTests {
    private func exhausted(at uptime: Int64, refusals: Int = 0) -> RequestPace {
        var pace = RequestPace(perSecond: 10, burst: 3)
        for _ in 0..<3 + refusals { _ = pace.take(at: uptime) }
        return pace
    }

    @Test("a new port continues with the closed port's rate, until that has recovered")
    func again() throws {
        var paces = FormerPaces()
        paces.closed(uid: 1, pid: 7, exhausted(at: 1_000), at: 1_000)
        let former = paces.opened(uid: 1, pid: 7, at: 1_100)
        var next = try #require(former)
        #expect(next.take(at: 1_100) == .granted)
        #expect(next.take(at: 1_100) == .refused(retryAfter: 100))
        #expect(paces.opened(uid: 1, pid: 7, at: 1_299) != nil)
        #expect(paces.opened(uid: 1, pid: 7, at: 1_300) == nil)
        #expect(paces == FormerPaces())
    }

    @Test("rates are kept per process of a user; a process of another namespace has none")
    func programs() {
        var paces = FormerPaces()
        paces.closed(uid: 1, pid: 7, exhausted(at: 0), at: 0)
        paces.closed(uid: 1, pid: 0, exhausted(at: 0), at: 0)
        #expect(paces.opened(uid: 1, pid: 8, at: 0) == nil)
        #expect(paces.opened(uid: 2, pid: 7, at: 0) == nil)
        #expect(paces.opened(uid: 1, pid: 0, at: 0) == nil)
        #expect(paces.opened(uid: 1, pid: 7, at: 0) != nil)
    }

    @Test("of several closed ports the one with the fewest tokens counts, in any order", arguments: [true, false])
    func least(isFirst: Bool) {
        var paces = FormerPaces()
        var other = RequestPace(perSecond: 10, burst: 3)
        _ = other.take(at: 0)
        for pace in isFirst ? [exhausted(at: 0), other] : [other, exhausted(at: 0)] {
            paces.closed(uid: 1, pid: 7, pace, at: 0)
        }
        var next = paces.opened(uid: 1, pid: 7, at: 0)
        #expect(next?.take(at: 0) == .refused(retryAfter: 100))
    }

    @Test("the refusals of one port and the fewer tokens of another are both kept", arguments: [true, false])
    func refusalsOfOne(isFirst: Bool) throws {
        var paces = FormerPaces()
        var refused = RequestPace(perSecond: 10, burst: 3)
        for _ in 0..<3 + RequestPace.flood { _ = refused.take(at: 0) }
        // This port has a token again. The other one has none, and was never refused.
        #expect(refused.take(at: 100) == .granted)
        let ports = isFirst ? [refused, exhausted(at: 250)] : [exhausted(at: 250), refused]
        for pace in ports { paces.closed(uid: 1, pid: 7, pace, at: 250) }
        let found = paces.opened(uid: 1, pid: 7, at: 250)
        var next = try #require(found)
        #expect(next.take(at: 250) == .flooding)
    }

    @Test("refusals are kept until a second's pause")
    func refusals() throws {
        var paces = FormerPaces()
        paces.closed(uid: 1, pid: 7, exhausted(at: 0, refusals: RequestPace.flood), at: 0)
        let former = paces.opened(uid: 1, pid: 7, at: 350)
        var soon = try #require(former)
        #expect((0..<3).allSatisfy { _ in soon.take(at: 350) == .granted })
        #expect(soon.take(at: 350) == .flooding)
        #expect(paces.opened(uid: 1, pid: 7, at: 1_000) == nil)
    }

    @Test("the number of kept rates is limited, and recovered ones make room")
    func bound() {
        var paces = FormerPaces()
        for pid in 1...Int32(FormerPaces.bound + 50) { paces.closed(uid: 1, pid: pid, exhausted(at: 0), at: 0) }
        #expect((1...Int32(FormerPaces.bound)).allSatisfy { paces.opened(uid: 1, pid: $0, at: 0) != nil })
        #expect(paces.opened(uid: 1, pid: Int32(FormerPaces.bound) + 1, at: 0) == nil)
        paces.closed(uid: 2, pid: 1, exhausted(at: 5_000), at: 5_000)
        #expect((1...Int32(FormerPaces.bound)).allSatisfy { paces.opened(uid: 1, pid: $0, at: 0) == nil })
        #expect(paces.opened(uid: 2, pid: 1, at: 5_000) != nil)
        let before = paces
        paces.closed(uid: 2, pid: 2, RequestPace(perSecond: 10, burst: 3), at: 5_000)
        #expect(paces == before)
    }

    @Test("a flooding program that reconnects at once is closed at its first refusal; after a pause it starts anew")
    func flood() {
        let harness = ConduitHarness {
            $0.requestsPerSecond = 10
            $0.requestBurst = 3
        }
        func asks(_ id: PortID, until bound: Int) -> Int {
            (1...bound).first { _ in
                harness.send(id, #"{"event":"synchronize"}"#)
                _ = harness.read(id)
                return harness.closed[id] != nil
            } ?? 0
        }
        #expect(asks(harness.port(1), until: 2_000) == 3 + RequestPace.flood)
        #expect(asks(harness.port(2), until: 2_000) == 1)
        harness.advance(1_000)
        #expect(asks(harness.port(3), until: 2_000) == 3 + RequestPace.flood)
    }
}
