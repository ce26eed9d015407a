// SPDX-License-Identifier: Apache-2.0
import DequeModule
import StreamsProtocol

/// Limits programs that connect and disconnect in quick succession: each connection costs the daemon far more than the
/// client.
///
/// A program is a process of a user. If it has more short connections than tolerated (1,200 within three seconds), its new
/// connections are refused for one second; then the count starts again. Only connections that closed soon after they opened
/// count, so a program may open any number of lasting ones. A client that starts a process for each connection cannot be
/// refused, because only its user is known, and other programs share that user; its connections count for `getStatus`.
struct Churn: Equatable {
    enum Verdict: Equatable {
        case accepted
        /// `shouldLog` is true for the first refusal of each refusal period. `refusedSince` counts the program's refused
        /// connections since the last logged one, including this one.
        case refused(ProtocolError, shouldLog: Bool, refusedSince: Int)
    }

    /// A user's connections since the daemon started.
    struct Count: Equatable {
        var short = 0
        var refused = 0
    }

    private struct Record: Equatable {
        /// When recent short connections closed; at most one more than tolerated.
        var closes: Deque<Int64> = []
        var lastClose: Int64 = 0
        /// When the last refusal period began.
        var refusedFrom: Int64?
        var shouldLog = false
        var unlogged = 0

        /// Ignores connections that close during a refusal period: they opened before it and have led to it already.
        mutating func closed(at now: Int64, tolerated: Int, window: Int64) {
            lastClose = now
            if let refusedFrom, isWithin(second, refusedFrom, now) { return }
            while let first = closes.first, !isWithin(window, first, now) { closes.removeFirst() }
            closes.append(now)
            guard closes.count > tolerated else { return }
            closes.removeAll()
            refusedFrom = now
            shouldLog = true
        }
    }

    /// A connection that lasted less than this is short. Also the length of a refusal period. In milliseconds.
    static let second: Int64 = 1_000
    /// Short connections within the window: tolerates a thousand at once, but not a thousand per second.
    let tolerated: Int
    /// Milliseconds.
    let window: Int64
    /// Maximum number of programs that are tracked; further ones are not.
    static let bound = 256
    /// Maximum number of users that are counted.
    static let userBound = 1_024
    /// How long a refusal period is remembered, for `refusedSince`. In milliseconds.
    private static let memory: Int64 = 3_000

    private var records: [Program: Record] = [:]
    private var sweptAt: Int64 = 0
    /// By uid, for `getStatus`.
    private(set) var users: [UInt32: Count] = [:]

    init(tolerated: Int = 1_200, window: Int64 = 3_000) {
        self.tolerated = tolerated
        self.window = window
    }

    /// Handles a new connection. If it is refused, the caller must not report its end with `closed`.
    mutating func opened(uid: UInt32, pid: Int32, at now: Int64) -> Verdict {
        let program = Program(uid: uid, pid: pid)
        guard var record = records[program], let from = record.refusedFrom, Self.isWithin(Self.second, from, now)
        else { return .accepted }
        let shouldLog = record.shouldLog
        let refused = record.unlogged + 1
        record.shouldLog = false
        record.unlogged = shouldLog ? 0 : refused
        records[program] = record
        count(uid) { $0.refused += 1 }
        return .refused(error(program, wait: from + Self.second - now), shouldLog: shouldLog, refusedSince: refused)
    }

    /// Handles the end of a connection that `opened` accepted.
    mutating func closed(uid: UInt32, pid: Int32, openedAt: Int64, at now: Int64) {
        sweep(at: now)
        guard Self.isWithin(Self.second, openedAt, now) else { return }
        count(uid) { $0.short += 1 }
        let program = Program(uid: uid, pid: pid)
        // Pid 0 is any process of another pid namespace: it does not identify a program that could be refused.
        guard pid > 0, records[program] != nil || records.count < Self.bound else { return }
        records[program, default: Record()].closed(at: now, tolerated: tolerated, window: window)
    }

    private mutating func count(_ uid: UInt32, _ change: (inout Count) -> Void) {
        guard users[uid] != nil || users.count < Self.userBound else { return }
        change(&users[uid, default: Count()])
    }

    /// Removes, once a second, programs without recent short connections.
    private mutating func sweep(at now: Int64) {
        guard !Self.isWithin(Self.second, sweptAt, now) else { return }
        sweptAt = now
        records = records.filter { _, record in
            Self.isWithin(window, record.lastClose, now)
                || record.refusedFrom.map { Self.isWithin(Self.memory, $0, now) } ?? false
        }
    }

    /// False if `past` is in the future: a clock that went backwards must not keep a program out for long.
    private static func isWithin(_ span: Int64, _ past: Int64, _ now: Int64) -> Bool {
        (0..<span).contains(now - past)
    }

    private func error(_ program: Program, wait: Int64) -> ProtocolError {
        ProtocolError(
            .tooMany,
            "process \(program.pid) of user \(program.uid) connected and disconnected more than \(tolerated) times within "
                + "\(window) ms; its new connections are refused for \(Self.second) ms",
            hint: "keep one connection open, as partyline watch does; it may reconnect in \(wait) ms",
            retryable: true, retryAfterMs: Int(wait))
    }
}
