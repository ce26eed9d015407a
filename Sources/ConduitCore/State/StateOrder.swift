/// Places in the log have to grow. What is read is held against that too: whatever a checksum says, a state that is
/// believed has an order.
struct StateOrder {
    private(set) var count: UInt32 = 0
    private var first: LogPosition?
    private var least: LogPosition = 0
    private var outOfOrder: LogPosition?

    /// The next event is at that place.
    mutating func add(_ position: LogPosition) {
        if first == nil { first = position } else if position < least { outOfOrder = outOfOrder ?? position }
        least = position < .max ? position + 1 : position
        count += 1
    }

    /// Those events come next.
    mutating func add(_ others: StateOrder) {
        guard let start = others.first else { return }
        if first == nil { first = start } else if start < least { outOfOrder = outOfOrder ?? start }
        outOfOrder = outOfOrder ?? others.outOfOrder
        least = others.least
        count += others.count
    }

    /// Fails unless they stand in order between where the log was and where it goes on.
    func check(from start: LogPosition, to next: LogPosition) throws(StateFault) {
        guard start >= 1, start <= next, next <= StateFormat.lastPosition else { throw .outOfOrder(next) }
        if let outOfOrder { throw .outOfOrder(outOfOrder) }
        guard let first else { return }
        guard first >= start else { throw .outOfOrder(first) }
        guard least <= next else { throw .outOfOrder(least - 1) }
    }
}
