// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The ports of each tab, as Streams counts them.
///
/// A port counts in every tab that it named. When it closes, it is removed from the first one only, as in the original
/// worker. Beyond a limit the oldest tabs are forgotten, because clients could name new ones for ever.
struct Tabs: Equatable {
    private var ports: [String: Set<PortID>] = [:]
    private var order: [String] = []
    /// The tabs of each port, in the order in which it named them.
    private var named: [PortID: [String]] = [:]
    /// By tab: the number of closed ports that still count.
    private var ghosts: [String: Int] = [:]

    static let bound = 1024
    /// A port counts in no more tabs than this, however many it names.
    static let portBound = 32

    /// The number of tabs that have a port.
    var count: Int { order.count { count(in: $0) > 0 } }

    func count(in tab: String) -> Int { (ports[tab]?.count ?? 0) + (ghosts[tab] ?? 0) }

    /// Counts a port in a tab; false if it counts there already, or has reached `portBound`.
    mutating func join(_ port: PortID, _ tab: String) -> Bool {
        guard named[port, default: []].count < Self.portBound else { return false }
        if ports[tab] == nil { remember(tab) }
        guard ports[tab, default: []].insert(port).inserted else { return false }
        named[port, default: []].append(tab)
        return true
    }

    /// Removes a port from the tab that it named first, and returns that tab.
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
