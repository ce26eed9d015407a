// SPDX-License-Identifier: Apache-2.0

/// Counts the requests for a token that refusals caused: at most five in any minute.
struct RefusalBudget: Equatable {
    static let limit = 5

    /// When each was or will be made, in milliseconds of `Moment.uptime`.
    private var times: [Int64] = []

    init(_ times: [Int64] = []) { self.times = times }

    /// How many there are within the window (in milliseconds); nil if the budget is spent.
    mutating func count(at now: Int64, window: Int64) -> Int? {
        times.removeAll { $0 <= now - window }
        return times.count < Self.limit ? times.count : nil
    }

    mutating func add(_ time: Int64) { times.append(time) }
}
