// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The lines of the log that a port receives. Ports with the same key share one interest, and thus its cached matches.
final class Interest {
    struct Key: Hashable {
        /// Nil for a port of the Streams dialect.
        let patterns: [EventPattern]?
        /// True for the mode `latest`: only the newest line of each event name.
        let isLatest: Bool
        let view: View

        init(patterns: [EventPattern]?, isLatest: Bool, role: Role) {
            (self.patterns, self.isLatest, view) = (patterns, isLatest, View(role))
        }

        var isNarrow: Bool { view == .narrow }
    }

    /// How much of a line a port's role is sent.
    enum View: Hashable {
        /// For presence: few events, and only part of the agent.
        case narrow
        /// For observers: no URL that a person could sign in with.
        case usual
        case whole

        init(_ role: Role) { self = role >= .operator ? .whole : role == .presence ? .narrow : .usual }
    }

    let key: Key
    /// Identifies the interest in the batch cache; never reused.
    let serial: UInt64
    /// The number of ports with this interest.
    var users = 0
    /// By event name: whether a line without a contact id matches.
    private var matchesByName: [String: Bool] = [:]

    var isSubscriber: Bool { key.patterns != nil }

    init(_ key: Key, serial: UInt64) {
        self.key = key
        self.serial = serial
    }

    func matches(_ entry: EventLog.Entry) -> Bool {
        if entry.isGone || entry.audience == (isSubscriber ? .streams : .subscribers) { return false }
        if key.isNarrow, entry.from != nil || !CommandTable.isVisible(entry.name, to: .presence) { return false }
        guard let patterns = key.patterns else { return true }
        if let isMatch = matchesByName[entry.name], isMatch || entry.contactId == nil { return isMatch }
        let names = EventPattern.parts(of: entry.name)
        let isMatch = patterns.contains { $0.matches(entry.name, names, contactId: nil) }
        // Clients choose the names of broadcasts, so the cache and its keys are bounded.
        if matchesByName.count >= 256 { matchesByName = [:] }
        if entry.name.utf8.count <= 128 { matchesByName[entry.name] = isMatch }
        return isMatch || patterns.contains { $0.matches(entry.name, names, contactId: entry.contactId) }
    }
}
