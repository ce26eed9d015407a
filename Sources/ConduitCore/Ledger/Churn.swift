import DequeModule
import StreamsProtocol

/// Programs that connect and go, again and again: each time costs the daemon far more than it costs them.
///
/// A program is a process of a user. More short connections of it than are tolerated (1,200 within three seconds), and
/// its new ones are refused for a second; then it begins anew. What counts is connections that closed soon after they opened, so a
/// program may open any number that last. One that starts a process for each connection is not refused: only its user
/// is known then, and others share that. It is counted for `getStatus`.
struct Churn: Equatable {
    enum Verdict: Equatable {
        case welcome
        /// `isNews` for the first one of a verdict, which is worth a line in the journal. `refusedSince` counts the
        /// program's refused connections since the last news, this one included.
        case refused(ProtocolError, isNews: Bool, refusedSince: Int)
    }

    /// What a user's connections came to, since the daemon started.
    struct Count: Equatable {
        var short = 0
        var refused = 0
    }

    private struct Record: Equatable {
        /// When short connections closed of late; at most one more than are tolerated.
        var closes: Deque<Int64> = []
        var lastClose: Int64 = 0
        /// When the last verdict fell.
        var refusedFrom: Int64?
        var isNews = false
        var untold = 0

        /// While a verdict holds, connections from before it may close: they are the same fault, and not counted again.
        mutating func closed(at now: Int64, tolerated: Int, window: Int64) {
            lastClose = now
            if let refusedFrom, isWithin(second, refusedFrom, now) { return }
            while let first = closes.first, !isWithin(window, first, now) { closes.removeFirst() }
            closes.append(now)
            guard closes.count > tolerated else { return }
            closes.removeAll()
            refusedFrom = now
            isNews = true
        }
    }

    /// A connection that closed in less is short; also how long a verdict holds.
    static let second: Int64 = 1_000
    /// Short connections that are tolerated within the window: a thousand at once are, a thousand a second are not.
    let tolerated: Int
    /// In milliseconds.
    let window: Int64
    /// Programs that are watched at a time. Beyond that nobody is added.
    static let bound = 256
    /// Users that are counted.
    static let userBound = 1_024
    /// How long a verdict is remembered, for the count of what was refused since.
    private static let memory: Int64 = 3_000

    private var records: [Program: Record] = [:]
    private var sweptAt: Int64 = 0
    /// By uid, for `getStatus`.
    private(set) var users: [UInt32: Count] = [:]

    init(tolerated: Int = 1_200, window: Int64 = 3_000) {
        self.tolerated = tolerated
        self.window = window
    }

    /// A program connects. One that is refused is not to be told of as closed.
    mutating func opened(uid: UInt32, pid: Int32, at now: Int64) -> Verdict {
        let program = Program(uid: uid, pid: pid)
        guard var record = records[program], let from = record.refusedFrom, Self.isWithin(Self.second, from, now)
        else { return .welcome }
        let isNews = record.isNews
        let refused = record.untold + 1
        record.isNews = false
        record.untold = isNews ? 0 : refused
        records[program] = record
        count(uid) { $0.refused += 1 }
        return .refused(error(program, wait: from + Self.second - now), isNews: isNews, refusedSince: refused)
    }

    /// A connection that was welcome is gone.
    mutating func closed(uid: UInt32, pid: Int32, openedAt: Int64, at now: Int64) {
        sweep(at: now)
        guard Self.isWithin(Self.second, openedAt, now) else { return }
        count(uid) { $0.short += 1 }
        let program = Program(uid: uid, pid: pid)
        // Pid 0 is any process of another pid namespace: no program that could be refused.
        guard pid > 0, records[program] != nil || records.count < Self.bound else { return }
        records[program, default: Record()].closed(at: now, tolerated: tolerated, window: window)
    }

    private mutating func count(_ uid: UInt32, _ change: (inout Count) -> Void) {
        guard users[uid] != nil || users.count < Self.userBound else { return }
        change(&users[uid, default: Count()])
    }

    /// Forgets, once a second, the programs that have behaved since.
    private mutating func sweep(at now: Int64) {
        guard !Self.isWithin(Self.second, sweptAt, now) else { return }
        sweptAt = now
        records = records.filter { _, record in
            Self.isWithin(window, record.lastClose, now)
                || record.refusedFrom.map { Self.isWithin(Self.memory, $0, now) } ?? false
        }
    }

    /// False for the future too: a clock that went backwards must not keep anybody out for long.
    private static func isWithin(_ span: Int64, _ past: Int64, _ now: Int64) -> Bool {
        (0..<span).contains(now - past)
    }

    private func error(_ program: Program, wait: Int64) -> ProtocolError {
        ProtocolError(
            .tooMany,
            "process \(program.pid) of user \(program.uid) connected and went more than \(tolerated) times within "
                + "\(window) ms; its new connections are refused for \(Self.second) ms",
            hint: "keep one connection open, as partyline watch does; it may come again in \(wait) ms",
            retryable: true, retryAfterMs: Int(wait))
    }
}
