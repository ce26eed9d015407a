// SPDX-License-Identifier: Apache-2.0

/// Checks that the positions of events increase. Decoding checks it too, in case corrupt data passes the checksum.
struct StateOrder {
    private(set) var count: UInt32 = 0
    private var first: LogPosition?
    /// The least position that the next event may have.
    private var least: LogPosition = 0
    private var outOfOrder: LogPosition?

    /// Adds the position of the next event.
    mutating func add(_ position: LogPosition) {
        if first == nil { first = position } else if position < least { outOfOrder = outOfOrder ?? position }
        least = position < .max ? position + 1 : position
        count += 1
    }

    /// Adds the positions of events that follow.
    mutating func add(_ others: StateOrder) {
        guard let start = others.first else { return }
        if first == nil { first = start } else if start < least { outOfOrder = outOfOrder ?? start }
        outOfOrder = outOfOrder ?? others.outOfOrder
        least = others.least
        count += others.count
    }

    /// Throws unless the positions increase and lie between the log's old and new end.
    func check(from start: LogPosition, to next: LogPosition) throws(StateFault) {
        guard start >= 1, start <= next, next <= StateFormat.maxPosition else { throw .outOfOrder(next) }
        if let outOfOrder { throw .outOfOrder(outOfOrder) }
        guard let first else { return }
        guard first >= start else { throw .outOfOrder(first) }
        guard least <= next else { throw .outOfOrder(least - 1) }
    }
}
