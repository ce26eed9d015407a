/// Which ports belong to which tab, as Streams counts them.
///
/// A port is counted in every tab that it named, and when it goes only in the first one no longer: that is what the real
/// worker does. So that nobody can make us count for ever, the oldest tabs are forgotten beyond a bound.
struct Tabs: Equatable {
    private var ports: [String: Set<PortID>] = [:]
    private var order: [String] = []
    private var first: [PortID: String] = [:]

    static let bound = 1024

    /// How many tabs have a port.
    var count: Int { ports.values.count { !$0.isEmpty } }

    func count(in tab: String) -> Int { ports[tab]?.count ?? 0 }

    /// Counts a port in a tab; false if it was counted there already.
    mutating func join(_ port: PortID, _ tab: String) -> Bool {
        if ports[tab] == nil { remember(tab) }
        guard ports[tab, default: []].insert(port).inserted else { return false }
        if first[port] == nil { first[port] = tab }
        return true
    }

    /// Counts a port no longer, and says in which tab it was.
    mutating func leave(_ port: PortID) -> String? {
        guard let tab = first.removeValue(forKey: port) else { return nil }
        ports[tab]?.remove(port)
        return tab
    }

    private mutating func remember(_ tab: String) {
        order.append(tab)
        guard order.count > Self.bound else { return }
        ports[order.removeFirst()] = nil
    }
}
