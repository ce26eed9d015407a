// SPDX-License-Identifier: Apache-2.0

/// Counts the requests for a token that refusals caused: at most five in any minute.
struct RefusalBudget: Equatable {
    static let limit = 5

    /// When each was requested or scheduled, in milliseconds of `Moment.uptime`.
    private var times: [Int64] = []

    init(_ times: [Int64] = []) { self.times = times }

    /// Counts one more, and returns how many there were before it within the window (in milliseconds). Nil if the budget
    /// is spent.
    mutating func take(at now: Int64, window: Int64) -> Int? {
        times.removeAll { $0 <= now - window }
        guard times.count < Self.limit else { return nil }
        times.append(now)
        return times.count - 1
    }
}
