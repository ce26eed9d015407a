// SPDX-License-Identifier: Apache-2.0

/// Named deadlines that share one timer. The timer is set for the earliest deadline. A cancelled deadline does not reset
/// it: the timer then fires once for nothing, which costs less than a system call for each cancelled deadline.
struct Deadlines<Name: Hashable> {
    private struct Deadline {
        let due: Int64
        /// The order in which they were scheduled.
        let order: UInt64
    }

    private var pending: [Name: Deadline] = [:]
    private var nextOrder: UInt64 = 0
    /// When the timer will fire; nil if it is not set.
    private var timer: Int64?

    /// Schedules a name, instead of its earlier deadline.
    ///
    /// - Returns: the time to set the timer to; nil if it will fire early enough.
    mutating func schedule(_ name: Name, at due: Int64) -> Int64? {
        pending[name] = Deadline(due: due, order: nextOrder)
        nextOrder += 1
        guard timer.map({ due < $0 }) ?? true else { return nil }
        timer = due
        return due
    }

    mutating func cancel(_ name: Name) { pending[name] = nil }

    mutating func cancelAll() { pending = [:] }

    /// The timer has fired. Returns the names to try in turn, earliest deadline first. `take` decides about each: a name
    /// before it may have cancelled or rescheduled it.
    mutating func fired(at now: Int64) -> [(name: Name, order: UInt64)] {
        timer = nil
        let due = pending.filter { $0.value.due <= now }
        return due.sorted { ($0.value.due, $0.value.order) < ($1.value.due, $1.value.order) }
            .map { (name: $0.key, order: $0.value.order) }
    }

    /// Removes a name if it still has the deadline of that order. Returns whether it does.
    mutating func take(_ name: Name, order: UInt64) -> Bool {
        guard pending[name]?.order == order else { return false }
        pending[name] = nil
        return true
    }

    /// The time to set the timer to after the due names have been handled; nil if it is set or not needed.
    mutating func nextTimer() -> Int64? {
        // A name that fired may have scheduled a later deadline meanwhile, which set the timer.
        guard let earliest = pending.values.map(\.due).min(), timer.map({ earliest < $0 }) ?? true else { return nil }
        timer = earliest
        return earliest
    }
}
