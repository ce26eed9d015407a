import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Programs that come and go too fast")
struct ChurnTests {
    /// Connects and goes at once; false if it was refused.
    @discardableResult
    private func visit(_ churn: inout Churn, uid: UInt32 = 1000, pid: Int32 = 42, at now: Int64) -> Bool {
        guard churn.opened(uid: uid, pid: pid, at: now) == .welcome else { return false }
        churn.closed(uid: uid, pid: pid, openedAt: now, at: now)
        return true
    }

    private func isWelcome(_ churn: Churn, uid: UInt32 = 1000, pid: Int32 = 42, at now: Int64) -> Bool {
        var copy = churn
        return copy.opened(uid: uid, pid: pid, at: now) == .welcome
    }

    @Test("a hundred short connections within a second are tolerated, one more is not; for a second")
    func verdict() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for step in 0..<100 { #expect(visit(&churn, at: 5_000 + Int64(step))) }
        #expect(isWelcome(churn, at: 5_100))
        #expect(visit(&churn, at: 5_999))
        #expect(!isWelcome(churn, at: 5_999))
        #expect(!isWelcome(churn, at: 6_998))
        #expect(isWelcome(churn, at: 6_999))
    }

    @Test("it is any second, not that of a clock")
    func slidingWindow() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for step in 0..<100 { visit(&churn, at: 900 + Int64(step)) }
        // The first of them is a second ago: it counts no longer.
        #expect(visit(&churn, at: 1_900))
        #expect(isWelcome(churn, at: 1_900))
        #expect(visit(&churn, at: 1_900))
        #expect(!isWelcome(churn, at: 1_900))
    }

    @Test("a hundred a second may go on for ever")
    func steady() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for step in 0..<3_000 { #expect(visit(&churn, at: Int64(step) * 10)) }
    }

    @Test("a connection of a second is not short", arguments: [(1_000, true), (999, false)] as [(Int64, Bool)])
    func lifetime(milliseconds: Int64, isFine: Bool) {
        var churn = Churn(tolerated: 100, window: 1_000)
        for _ in 0..<101 { churn.closed(uid: 1000, pid: 42, openedAt: 0, at: milliseconds) }
        #expect(isWelcome(churn, at: milliseconds) == isFine)
        #expect(churn.users[1000]?.short == (isFine ? nil : 101))
    }

    @Test("two thousand that last may come and go at once")
    func lasting() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for _ in 0..<2_000 { #expect(churn.opened(uid: 1000, pid: 42, at: 0) == .welcome) }
        for _ in 0..<2_000 { churn.closed(uid: 1000, pid: 42, openedAt: 0, at: 5_000) }
        #expect(isWelcome(churn, at: 5_000))
    }

    @Test("others are not concerned: other programs of the user, nor the same pid of another")
    func sisters() {
        var churn = Churn(tolerated: 100, window: 1_000)
        while visit(&churn, at: 0) {}
        #expect(isWelcome(churn, pid: 43, at: 0))
        #expect(isWelcome(churn, uid: 1001, at: 0))
    }

    @Test("what closes after the verdict is the same fault")
    func closedAfterTheVerdict() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for _ in 0..<1_000 { #expect(churn.opened(uid: 1000, pid: 42, at: 0) == .welcome) }
        for step in 0..<1_000 { churn.closed(uid: 1000, pid: 42, openedAt: 0, at: Int64(step)) }
        // Said at 100, and not again at 200, 300, …
        #expect(!isWelcome(churn, at: 1_099))
        #expect(isWelcome(churn, at: 1_100))
    }

    // MARK: The journal

    @Test("ten seconds of a thousand a second: one line per verdict, and every refusal is counted once")
    func news() {
        var churn = Churn(tolerated: 100, window: 1_000)
        var told: [(at: Int64, refused: Int)] = []
        var refused = 0
        for now in 0..<Int64(10_000) {
            switch churn.opened(uid: 1000, pid: 42, at: now) {
            case .welcome: churn.closed(uid: 1000, pid: 42, openedAt: now, at: now)
            case .refused(_, let isNews, let since):
                refused += 1
                if isNews { told.append((now, since)) }
            }
        }
        // 101 are let in, in 101 ms (from 0 to 100); the verdict holds from the last of them for a second.
        let expected = Array(stride(from: 101 as Int64, to: 10_000, by: 1_100))
        #expect(told.map(\.at) == expected)
        #expect(told.first?.refused == 1)
        #expect(told.dropFirst().allSatisfy { $0.refused == 999 })
        #expect(churn.users[1000] == Churn.Count(short: 10_000 - refused, refused: refused))
    }

    @Test("what it is told")
    func error() {
        var churn = Churn(tolerated: 100, window: 1_000)
        while visit(&churn, at: 0) {}
        let expected = ProtocolError(
            .tooMany,
            "process 42 of user 1000 connected and went more than 100 times within 1000 ms; "
                + "its new connections are refused for 1000 ms",
            hint: "keep one connection open, as partyline watch does; it may come again in 700 ms", retryable: true,
            retryAfterMs: 700)
        // The first refusal ended the loop above.
        #expect(
            churn.opened(uid: 1000, pid: 42, at: 300) == .refused(expected, isNews: false, refusedSince: 1))
    }

    // MARK: Bounds

    /// Fills all places but `free` with programs whose connections closed at `now`.
    private func fill(_ churn: inout Churn, leaving free: Int = 0, at now: Int64) {
        for pid in 1_000..<1_000 + Int32(Churn.bound - free) { visit(&churn, pid: pid, at: now) }
    }

    /// Whether a program gets a place: only then it is refused for more short connections than are tolerated.
    private func isWatched(_ churn: Churn, pid: Int32, at now: Int64) -> Bool {
        var copy = churn
        for _ in 0..<200 where !visit(&copy, pid: pid, at: now) { return true }
        return false
    }

    @Test("a process for each connection: nobody is refused, and the user's are counted")
    func forks() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for pid in 1...20_000 as ClosedRange<Int32> { #expect(visit(&churn, pid: pid, at: Int64(pid) / 10)) }
        #expect(churn.users[1000] == Churn.Count(short: 20_000, refused: 0))
    }

    @Test("the number of watched programs is bounded, and forgotten ones make room")
    func bound() {
        var churn = Churn(tolerated: 100, window: 1_000)
        fill(&churn, leaving: 1, at: 0)
        #expect(isWatched(churn, pid: 42, at: 999))
        fill(&churn, at: 0)
        #expect(!isWatched(churn, pid: 42, at: 999))
        // A window later they are forgotten when the next connection closes.
        #expect(isWatched(churn, pid: 42, at: 1_000))
    }

    @Test("a program is forgotten quickly, also after a verdict")
    func forgetting() {
        var churn = Churn(tolerated: 100, window: 1_000)
        while visit(&churn, at: 0) {}
        fill(&churn, leaving: 1, at: 2_999)
        #expect(!isWatched(churn, pid: 43, at: 2_999))
        fill(&churn, leaving: 1, at: 3_500)
        #expect(!isWatched(churn, pid: 43, at: 3_998))
        #expect(isWatched(churn, pid: 43, at: 3_999))
    }

    @Test("users are counted up to a bound")
    func users() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for uid in 0..<3_000 as Range<UInt32> { visit(&churn, uid: uid, at: Int64(uid) * 1_000) }
        #expect(churn.users.count == 1_024)
        visit(&churn, uid: 5, at: 4_000_000)
        #expect(churn.users[5]?.short == 2)
    }

    @Test("a process without a pid here is counted for its user, and not refused")
    func pidZero() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for _ in 0..<500 { #expect(visit(&churn, pid: 0, at: 0)) }
        #expect(churn.users[1000] == Churn.Count(short: 500, refused: 0))
        fill(&churn, leaving: 1, at: 0)
        #expect(isWatched(churn, pid: 42, at: 0), "it takes no place")
    }

    @Test("a clock that goes backwards keeps nobody out")
    func backwards() {
        var churn = Churn(tolerated: 100, window: 1_000)
        while visit(&churn, at: 100_000) {}
        #expect(!isWelcome(churn, at: 100_500))
        #expect(isWelcome(churn, at: 50_000))
        churn.closed(uid: 1000, pid: 43, openedAt: 100_000, at: 50_000)
        #expect(churn.users[1000]?.short == 101)
        // And the rule holds in the new time.
        var visits = 0
        while visits < 1_000, visit(&churn, at: 50_000) { visits += 1 }
        #expect(visits == 101)
    }
}
