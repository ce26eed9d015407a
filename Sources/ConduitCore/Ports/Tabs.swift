import StreamsProtocol

/// Which ports belong to which tab, as Streams counts them.
///
/// A port is counted in every tab that it named, and when it goes only in the first one no longer: that is what the real
/// worker does. So that nobody can make us count for ever, the oldest tabs are forgotten beyond a bound.
struct Tabs: Equatable {
    private var ports: [String: Set<PortID>] = [:]
    private var order: [String] = []
    /// The tabs of each port, in the order in which it named them.
    private var named: [PortID: [String]] = [:]
    /// Ports that have gone and are still counted.
    private var ghosts: [String: Int] = [:]

    static let bound = 1024
    /// A port that names more tabs is counted in so many.
    static let portBound = 32

    /// How many tabs have a port.
    var count: Int { order.count { count(in: $0) > 0 } }

    func count(in tab: String) -> Int { (ports[tab]?.count ?? 0) + (ghosts[tab] ?? 0) }

    /// Counts a port in a tab; false if it was counted there already.
    mutating func join(_ port: PortID, _ tab: String) -> Bool {
        guard named[port, default: []].count < Self.portBound else { return false }
        if ports[tab] == nil { remember(tab) }
        guard ports[tab, default: []].insert(port).inserted else { return false }
        named[port, default: []].append(tab)
        return true
    }

    /// Counts a port no longer in the tab that it named first, and says which that was.
    mutating func leave(_ port: PortID) -> String? {
        guard let tabs = named.removeValue(forKey: port) else { return nil }
        for (index, tab) in tabs.enumerated() where ports[tab]?.remove(port) != nil && index > 0 {
            ghosts[tab, default: 0] += 1
        }
        return tabs.first
    }

    private mutating func remember(_ tab: String) {
        order.append(tab)
        guard order.count > Self.bound else { return }
        let oldest = order.removeFirst()
        ports[oldest] = nil
        ghosts[oldest] = nil
    }
}
