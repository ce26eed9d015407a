// SPDX-License-Identifier: Apache-2.0

/// Limits the log messages of one kind about a user's connections: one a second, with the number of those in between.
struct PacedLog: Equatable {
    private struct Key: Hashable {
        let uid: UInt32
        let kind: String
    }

    private struct Entry: Equatable {
        var loggedAt: Int64
        var since = 0
    }

    /// Beyond this many entries, all are forgotten: the next of each is logged once more.
    private static let limit = 256

    private var entries: [Key: Entry] = [:]

    /// Notes one occurrence. Returns the number of those since the last message, this one included; nil if no message is
    /// due.
    mutating func note(uid: UInt32, _ kind: String, at uptime: Int64) -> Int? {
        let key = Key(uid: uid, kind: kind)
        var entry = entries[key] ?? Entry(loggedAt: uptime - 1000)
        entry.since += 1
        let isDue = uptime - entry.loggedAt >= 1000
        let count = entry.since
        if isDue { entry = Entry(loggedAt: uptime) }
        if entries.count >= Self.limit { entries = [:] }
        entries[key] = entry
        return isDue ? count : nil
    }
}
