/// Whether so much is told that lines had better come together, although one may then come a little later. Without a clock:
/// times are given, in nanoseconds since any instant.
struct Rush {
    /// With this many of both a second it begins, and with less than half of either it is over; deliveries are lines, counted
    /// for each port. A hundred lines a second, to however many ports, have nothing to come together with; programs that say
    /// what they can make hundreds of thousands of deliveries.
    static let begins = (lines: 500.0, deliveries: 50_000.0)
    /// The least time that is judged: a snapshot's few lines are no rush.
    static let window: UInt64 = 10_000_000

    private(set) var isOn = false
    private var lines = 0
    private var deliveries = 0
    private var since: UInt64 = 0

    /// True if it has begun or is over with these lines. While nothing is told nobody asks: then the next line finds out.
    mutating func told(lines newLines: Int, ports: Int, at now: UInt64) -> Bool {
        lines += newLines
        deliveries += newLines * ports
        guard now >= since + Self.window else { return false }
        let seconds = Double(now - since) / 1e9
        let share = isOn ? 0.5 : 1
        let wasOn = isOn
        isOn =
            Double(lines) >= share * Self.begins.lines * seconds
            && Double(deliveries) >= share * Self.begins.deliveries * seconds
        (lines, deliveries, since) = (0, 0, now)
        return isOn != wasOn
    }
}
