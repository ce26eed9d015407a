import StreamsProtocol

/// A pattern of event names: `*` stands for one part, and alone for everything. A third part after `contact::…` is a
/// contact's id: `contact::*::1234` is everything about that contact.
struct Pattern: Hashable {
    let text: String
    private let parts: [Substring]

    /// Longer ones name nothing that exists.
    static let longest = 256

    /// More parts than any event's name has.
    static let mostParts = 8

    /// Nil for what cannot be a pattern: an empty text or part, one that is far too long or has far too many parts, or a
    /// `*` within a part, which would match nothing.
    init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Self.longest else { return nil }
        parts = Self.parts(of: text)
        guard parts.count <= Self.mostParts, parts.allSatisfy({ !$0.isEmpty }),
            parts.prefix(2).allSatisfy({ $0 == "*" || !$0.contains("*") })
        else { return nil }
        self.text = text
    }

    /// The parts of a name. The third part of a contact's event is an id and may hold anything, `::` too.
    static func parts(of text: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = text[...]
        while parts.count < 2 || parts[0] != "contact", let place = separator(in: rest) {
            parts.append(rest[..<place])
            rest = rest[text.utf8.index(place, offsetBy: 2)...]
        }
        return parts + [rest]
    }

    private static func separator(in text: Substring) -> String.Index? {
        var before: String.Index?
        for index in text.utf8.indices {
            guard text.utf8[index] == UInt8(ascii: ":") else {
                before = nil
                continue
            }
            if let before { return before }
            before = index
        }
        return nil
    }

    func matches(_ name: String, contactId: String?) -> Bool {
        matches(name, Self.parts(of: name), contactId: contactId)
    }

    /// The same for a name that was taken apart before: one name is held against many patterns.
    func matches(_ name: String, _ names: [Substring], contactId: String?) -> Bool {
        if text == "*" || text == name { return true }
        if names.count == parts.count { return Self.match(parts, names) }
        guard let contactId, parts.count == names.count + 1, parts.last == "*" || parts.last == contactId[...] else {
            return false
        }
        return Self.match(parts.dropLast(), names)
    }

    private static func match(_ parts: some Sequence<Substring>, _ names: [Substring]) -> Bool {
        zip(parts, names).allSatisfy { $0 == "*" || $0 == $1 }
    }
}

/// What a port wants of the log. Ports that want the same share one, and with it the work of choosing.
final class Interest {
    /// What makes two the same.
    struct Key: Hashable {
        /// Nil for a port of the Streams dialect.
        let patterns: [Pattern]?
        /// Of one event name only the newest line.
        let isLatest: Bool
        /// True for the role presence, which sees little.
        let isNarrow: Bool
    }

    let key: Key
    /// Names it in the cache of runs; never used twice.
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
        let names = Pattern.parts(of: entry.name)
        let isWanted = patterns.contains { $0.matches(entry.name, names, contactId: nil) }
        // Clients choose the names of broadcasts: what is remembered of them has a bound.
        if verdicts.count >= 256 { verdicts = [:] }
        if entry.name.utf8.count <= 128 { verdicts[entry.name] = isWanted }
        return isWanted || patterns.contains { $0.matches(entry.name, names, contactId: entry.contactId) }
    }
}
