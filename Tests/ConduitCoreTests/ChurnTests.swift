// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Clients that reconnect too often")
struct ChurnTests {
    /// Connects and disconnects at once. False if the connection was refused.
    @discardableResult
    private func connectBriefly(_ churn: inout Churn, uid: UInt32 = 1000, pid: Int32 = 42, at now: Int64) -> Bool {
        guard churn.opened(uid: uid, pid: pid, at: now) == .accepted else { return false }
        churn.closed(uid: uid, pid: pid, openedAt: now, at: now)
        return true
    }

    private func isAccepted(_ churn: Churn, uid: UInt32 = 1000, pid: Int32 = 42, at now: Int64) -> Bool {
        var copy = churn
        return copy.opened(uid: uid, pid: pid, at: now) == .accepted
    }

    @Test("100 short connections in a second are accepted; after one more, connections are refused for a second")
    func verdict() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for step in 0..<100 { #expect(connectBriefly(&churn, at: 5_000 + Int64(step))) }
        #expect(isAccepted(churn, at: 5_100))
        #expect(connectBriefly(&churn, at: 5_999))
        #expect(!isAccepted(churn, at: 5_999))
        #expect(!isAccepted(churn, at: 6_998))
        #expect(isAccepted(churn, at: 6_999))
    }

    @Test("the window slides")
    func slidingWindow() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for step in 0..<100 { connectBriefly(&churn, at: 900 + Int64(step)) }
        // The first connection was a second ago: it no longer counts.
        #expect(connectBriefly(&churn, at: 1_900))
        #expect(isAccepted(churn, at: 1_900))
        #expect(connectBriefly(&churn, at: 1_900))
        #expect(!isAccepted(churn, at: 1_900))
    }

    @Test("100 short connections per second are accepted indefinitely")
    func steady() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for step in 0..<3_000 { #expect(connectBriefly(&churn, at: Int64(step) * 10)) }
    }

    @Test(
        "a connection that lasted the window is not short", arguments: [(1_000, true), (999, false)] as [(Int64, Bool)])
    func lifetime(milliseconds: Int64, isFine: Bool) {
        var churn = Churn(tolerated: 100, window: 1_000)
        for _ in 0..<101 { churn.closed(uid: 1000, pid: 42, openedAt: 0, at: milliseconds) }
        #expect(isAccepted(churn, at: milliseconds) == isFine)
        #expect(churn.users[1000]?.short == (isFine ? nil : 101))
    }

    @Test("2000 long connections may open and close at once")
    func lasting() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for _ in 0..<2_000 { #expect(churn.opened(uid: 1000, pid: 42, at: 0) == .accepted) }
        for _ in 0..<2_000 { churn.closed(uid: 1000, pid: 42, openedAt: 0, at: 5_000) }
        #expect(isAccepted(churn, at: 5_000))
    }

    @Test("other processes of the user, and the same pid of another user, are accepted")
    func sisters() {
        var churn = Churn(tolerated: 100, window: 1_000)
        while connectBriefly(&churn, at: 0) {}
        #expect(isAccepted(churn, pid: 43, at: 0))
        #expect(isAccepted(churn, uid: 1001, at: 0))
    }

    @Test("closings during a refusal do not extend it")
    func closedAfterTheVerdict() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for _ in 0..<1_000 { #expect(churn.opened(uid: 1000, pid: 42, at: 0) == .accepted) }
        for step in 0..<1_000 { churn.closed(uid: 1000, pid: 42, openedAt: 0, at: Int64(step)) }
        // The refusal starts at 100. It is not renewed at 200, 300 and so on.
        #expect(!isAccepted(churn, at: 1_099))
        #expect(isAccepted(churn, at: 1_100))
    }

    // MARK: The log

    @Test("1000 connections per second for ten seconds → one log line per refusal period, every refusal counted")
    func news() {
        var churn = Churn(tolerated: 100, window: 1_000)
        var logged: [(at: Int64, refused: Int)] = []
        var refused = 0
        for now in 0..<Int64(10_000) {
            switch churn.opened(uid: 1000, pid: 42, at: now) {
            case .accepted: churn.closed(uid: 1000, pid: 42, openedAt: now, at: now)
            case .refused(_, let shouldLog, let since):
                refused += 1
                if shouldLog { logged.append((now, since)) }
            }
        }
        // 101 connections are accepted in 101 ms (0 to 100). The refusal lasts for a second from the last of them.
        let expected = Array(stride(from: 101 as Int64, to: 10_000, by: 1_100))
        #expect(logged.map(\.at) == expected)
        #expect(logged.first?.refused == 1)
        #expect(logged.dropFirst().allSatisfy { $0.refused == 999 })
        #expect(churn.users[1000] == Churn.Count(short: 10_000 - refused, refused: refused))
    }

    @Test("a refused process gets too_many with retryAfterMs")
    func error() {
        var churn = Churn(tolerated: 100, window: 1_000)
        while connectBriefly(&churn, at: 0) {}
        let expected = ProtocolError(
            .tooMany,
            "process 42 of user 1000 connected and disconnected more than 100 times within 1000 ms; "
                + "its new connections are refused for 1000 ms",
            hint: "keep one connection open, as partyline watch does; it may reconnect in 700 ms", retryable: true,
            retryAfterMs: 700)
        // The loop above ended with the first refusal.
        #expect(
            churn.opened(uid: 1000, pid: 42, at: 300) == .refused(expected, shouldLog: false, refusedSince: 1))
    }

    // MARK: Limits

    /// Fills all but `free` entries with processes whose connections closed at `now`.
    private func fill(_ churn: inout Churn, leaving free: Int = 0, at now: Int64) {
        for pid in 1_000..<1_000 + Int32(Churn.bound - free) { connectBriefly(&churn, pid: pid, at: now) }
    }

    /// True if the process has an entry: without one it is never refused.
    private func isWatched(_ churn: Churn, pid: Int32, at now: Int64) -> Bool {
        var copy = churn
        for _ in 0..<200 where !connectBriefly(&copy, pid: pid, at: now) { return true }
        return false
    }

    @Test("a new process per connection → none is refused, and the user's count is kept")
    func forks() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for pid in 1...20_000 as ClosedRange<Int32> { #expect(connectBriefly(&churn, pid: pid, at: Int64(pid) / 10)) }
        #expect(churn.users[1000] == Churn.Count(short: 20_000, refused: 0))
    }

    @Test("the number of watched processes is limited, and expired entries make room")
    func bound() {
        var churn = Churn(tolerated: 100, window: 1_000)
        fill(&churn, leaving: 1, at: 0)
        #expect(isWatched(churn, pid: 42, at: 999))
        fill(&churn, at: 0)
        #expect(!isWatched(churn, pid: 42, at: 999))
        // After a window entries expire at the next closing.
        #expect(isWatched(churn, pid: 42, at: 1_000))
    }

    @Test("a process without new connections expires soon, after a refusal, too")
    func forgetting() {
        var churn = Churn(tolerated: 100, window: 1_000)
        while connectBriefly(&churn, at: 0) {}
        fill(&churn, leaving: 1, at: 2_999)
        #expect(!isWatched(churn, pid: 43, at: 2_999))
        fill(&churn, leaving: 1, at: 3_500)
        #expect(!isWatched(churn, pid: 43, at: 3_998))
        #expect(isWatched(churn, pid: 43, at: 3_999))
    }

    @Test("the number of users with counts is limited")
    func users() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for uid in 0..<3_000 as Range<UInt32> { connectBriefly(&churn, uid: uid, at: Int64(uid) * 1_000) }
        #expect(churn.users.count == 1_024)
        connectBriefly(&churn, uid: 5, at: 4_000_000)
        #expect(churn.users[5]?.short == 2)
    }

    @Test("pid 0 (a process of another namespace) is counted for its user, not watched and not refused")
    func pidZero() {
        var churn = Churn(tolerated: 100, window: 1_000)
        for _ in 0..<500 { #expect(connectBriefly(&churn, pid: 0, at: 0)) }
        #expect(churn.users[1000] == Churn.Count(short: 500, refused: 0))
        fill(&churn, leaving: 1, at: 0)
        #expect(isWatched(churn, pid: 42, at: 0), "it takes no place")
    }

    @Test("the clock goes back → earlier refusals end")
    func backwards() {
        var churn = Churn(tolerated: 100, window: 1_000)
        while connectBriefly(&churn, at: 100_000) {}
        #expect(!isAccepted(churn, at: 100_500))
        #expect(isAccepted(churn, at: 50_000))
        churn.closed(uid: 1000, pid: 43, openedAt: 100_000, at: 50_000)
        #expect(churn.users[1000]?.short == 101)
        // The limit works at the new time.
        var visits = 0
        while visits < 1_000, connectBriefly(&churn, at: 50_000) { visits += 1 }
        #expect(visits == 101)
    }
}
