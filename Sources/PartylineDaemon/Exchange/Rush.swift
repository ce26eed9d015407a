import NIOCore

/// Whether so much is told that lines had better come together, although one may then come a little later.
struct Rush {
    /// Deliveries a second with which it begins, and below which it is over. A hundred ports and a hundred lines a second
    /// are 10,000; programs that say what they can make hundreds of thousands.
    static let begins = 50_000
    static let ends = 25_000
    /// The least time that is looked at.
    static let window = TimeAmount.milliseconds(2)

    private(set) var isOn = false
    private var deliveries = 0
    private var since = NIODeadline.uptimeNanoseconds(0)

    /// True if it has begun or is over with these. Nothing is told for a while: the next that is told finds it out.
    mutating func told(_ count: Int, at now: NIODeadline) -> Bool {
        deliveries += count
        let time = now - since
        guard time >= Self.window else { return false }
        let rate = Double(deliveries) / Double(time.nanoseconds) * 1e9
        (deliveries, since) = (0, now)
        let wasOn = isOn
        isOn = rate >= Double(isOn ? Self.ends : Self.begins)
        return isOn != wasOn
    }
}
