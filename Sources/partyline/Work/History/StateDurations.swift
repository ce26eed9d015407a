// SPDX-License-Identifier: Apache-2.0

/// How long something was in each of its states. Pure.
struct StateDurations: Equatable {
    /// Total milliseconds, and how often the state began.
    struct Total: Equatable {
        let state: String
        var milliseconds: Int64 = 0
        var count = 0
    }

    /// In the order in which the states first began.
    private(set) var totals: [Total] = []
    private var present: (state: String, since: Int64)?

    /// It is in that state at that instant, and has been in the former one until then.
    mutating func note(_ state: String, at instant: Int64) {
        guard state != present?.state else { return }
        end(at: instant)
        present = (state, instant)
        totals[place(of: state)].count += 1
    }

    /// It is in no state any more.
    mutating func end(at instant: Int64) {
        guard let present else { return }
        totals[place(of: present.state)].milliseconds += max(0, instant - present.since)
        self.present = nil
    }

    private mutating func place(of state: String) -> Int {
        if let place = totals.firstIndex(where: { $0.state == state }) { return place }
        totals.append(Total(state: state))
        return totals.count - 1
    }

    static func == (left: StateDurations, right: StateDurations) -> Bool {
        left.totals == right.totals && left.present?.state == right.present?.state
            && left.present?.since == right.present?.since
    }
}
