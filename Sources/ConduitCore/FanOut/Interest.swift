import StreamsProtocol

/// What a port wants of the log. Ports that want the same share one, and with it the work of choosing.
final class Interest {
    /// What makes two the same.
    struct Key: Hashable {
        /// Nil for a port of the Streams dialect.
        let patterns: [EventPattern]?
        /// Of one event name only the newest line.
        let isLatest: Bool
        /// True for the role presence, which sees little.
        let isNarrow: Bool
    }

    let key: Key
    /// Names it in the cache of batches; never used twice.
    let serial: UInt64
    /// How many ports have it.
    var users = 0
    /// By name; whether a line without a contact's id is wanted.
    private var verdicts: [String: Bool] = [:]

    var isSubscriber: Bool { key.patterns != nil }

    init(_ key: Key, serial: UInt64) {
        self.key = key
        self.serial = serial
    }

    func wants(_ entry: EventLog.Entry) -> Bool {
        if entry.isGone || entry.audience == (isSubscriber ? .streams : .subscribers) { return false }
        if key.isNarrow, entry.from != nil || !CommandTable.isVisible(entry.name, to: .presence) { return false }
        guard let patterns = key.patterns else { return true }
        if let verdict = verdicts[entry.name], verdict || entry.contactId == nil { return verdict }
        let names = EventPattern.parts(of: entry.name)
        let isWanted = patterns.contains { $0.matches(entry.name, names, contactId: nil) }
        // Clients choose the names of broadcasts: what is remembered of them has a bound.
        if verdicts.count >= 256 { verdicts = [:] }
        if entry.name.utf8.count <= 128 { verdicts[entry.name] = isWanted }
        return isWanted || patterns.contains { $0.matches(entry.name, names, contactId: entry.contactId) }
    }
}
