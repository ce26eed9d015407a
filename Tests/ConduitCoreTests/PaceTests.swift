// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Request rate")
struct PaceTests {
    /// Makes `count` requests at one time and returns how many were granted.
    private func ask(_ pace: inout RequestPace, _ count: Int, at uptime: Int64) -> Int {
        (0..<count).count { _ in pace.take(at: uptime) == .granted }
    }

    @Test("a burst, then the rate, to the millisecond")
    func rate() {
        var pace = RequestPace(perSecond: 200, burst: 10)
        #expect(ask(&pace, 50, at: 5_000) == 10)
        #expect(pace.take(at: 5_000) == .refused(retryAfter: 5))
        #expect(pace.take(at: 5_004) == .refused(retryAfter: 1))
        #expect(pace.take(at: 5_005) == .granted)
        #expect(pace.take(at: 5_005) == .refused(retryAfter: 5))
        #expect(ask(&pace, 50, at: 5_025) == 4)
    }

    @Test(
        "a request after the returned wait is granted, an earlier one is not",
        arguments: [1, 3, 7, 200, 999, 1000, 1001, 1_000_000])
    func retryAfter(perSecond: Int) {
        var pace = RequestPace(perSecond: perSecond, burst: 1)
        var uptime: Int64 = 0
        for _ in 0..<20 {
            #expect(pace.take(at: uptime) == .granted)
            guard case .refused(let wait) = pace.take(at: uptime) else {
                Issue.record("there was a token too many")
                return
            }
            if wait > 1 {
                var early = pace
                #expect(early.take(at: uptime + wait - 1) != .granted)
            }
            uptime += wait
        }
    }

    @Test("a pause of any length restores one burst", arguments: [100, 1_000, 1 << 52] as [Int64])
    func burst(rest: Int64) {
        var pace = RequestPace(perSecond: 100, burst: 10)
        _ = ask(&pace, 10, at: 0)
        #expect(ask(&pace, 50, at: rest) == 10)
    }

    @Test("the total never exceeds burst plus rate")
    func longRun() {
        var pace = RequestPace(perSecond: 333, burst: 20)
        let granted = (0..<30_000).count { pace.take(at: Int64($0) / 3) == .granted }
        // The last request comes after 9,999 ms.
        #expect(granted == 20 + 3329)
    }

    @Test("the clock goes back → no token is lost or gained")
    func backwards() {
        var pace = RequestPace(perSecond: 100, burst: 2)
        #expect(ask(&pace, 5, at: 10_000) == 2)
        #expect(pace.take(at: 3_000) == .refused(retryAfter: 10))
        #expect(pace.take(at: 3_009) == .refused(retryAfter: 1))
        #expect(pace.take(at: 3_010) == .granted)
        #expect(pace.take(at: -50) == .refused(retryAfter: 10))
        #expect(pace.take(at: -40) == .granted)
    }

    // MARK: Floods

    @Test("a thousand refusals without a pause → flooding, which persists")
    func flood() {
        var pace = RequestPace(perSecond: 1, burst: 1)
        #expect(pace.take(at: 0) == .granted)
        for _ in 0..<999 { #expect(pace.take(at: 0) == .refused(retryAfter: 1000)) }
        #expect(pace.take(at: 0) == .flooding)
        #expect(pace.take(at: 999) == .flooding)
    }

    @Test("grants in between do not reset the count of refusals", arguments: [2, 10, 100])
    func floodBetweenGrants(perMillisecond: Int) {
        var pace = RequestPace(perSecond: 500, burst: 400)
        var asked = 0
        var isFlooding = false
        while !isFlooding, asked < 10_000 {
            isFlooding = pace.take(at: Int64(asked / perMillisecond)) == .flooding
            asked += 1
        }
        // There is a token every two milliseconds.
        #expect(isFlooding)
        #expect((1_400...2_000).contains(asked), "\(asked)")
    }

    @Test("a second without a refusal resets the count, less does not", arguments: [(1_000, false), (999, true)])
    func pause(rest: Int64, isFlooding: Bool) {
        var pace = RequestPace(perSecond: 1, burst: 1)
        _ = pace.take(at: 0)
        for _ in 0..<999 { _ = pace.take(at: 0) }
        // There is one token at 1000.
        if rest == 1_000 { #expect(pace.take(at: rest) == .granted) }
        #expect((pace.take(at: rest) == .flooding) == isFlooding)
    }

    @Test("the clock goes back → the count of refusals goes on")
    func floodBackwards() {
        var pace = RequestPace(perSecond: 1, burst: 1)
        _ = pace.take(at: 9_000)
        for step in 0..<999 { #expect(pace.take(at: 9_000 - Int64(step)) == .refused(retryAfter: 1000)) }
        #expect(pace.take(at: 8_000) == .flooding)
    }

    // MARK: A reload

    @Test("a new rate applies at once, and tokens above the new burst are lost")
    func change() {
        var pace = RequestPace(perSecond: 1, burst: 100)
        #expect(ask(&pace, 40, at: 0) == 40)
        pace.change(perSecond: 1_000, burst: 5)
        #expect(ask(&pace, 50, at: 0) == 5)
        #expect(ask(&pace, 50, at: 3) == 3)
        pace.change(perSecond: 1, burst: 50)
        #expect(ask(&pace, 50, at: 1_003) == 1)
    }

    private static let rates: [(Int, Int64)] = [(0, 1), (-5, 1), (.max, 1_000_000)]

    @Test("a rate out of range is clamped", arguments: rates)
    func range(asked: Int, used: Int64) {
        var pace = RequestPace(perSecond: asked, burst: asked)
        #expect(pace.perSecond == used && pace.burst == used)
        #expect(pace.take(at: 0) == .granted)
        #expect(pace.take(at: .max / 2) == .granted)
    }

    @Test("a refused request gets too_many with retryAfterMs")
    func error() {
        #expect(
            RequestPace(perSecond: 200, burst: 400).error(retryAfter: 5)
                == ProtocolError(
                    .tooMany,
                    "this port sends more than 200 requests per second (limits.requestsPerSecond) "
                        + "after a burst of 400 (limits.requestBurst)",
                    hint: "wait 5 ms, or raise limits.requestsPerSecond in the daemon's configuration, "
                        + "then: partyline reload", retryable: true, retryAfterMs: 5))
    }
}
