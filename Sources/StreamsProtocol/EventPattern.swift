// SPDX-License-Identifier: Apache-2.0

/// A pattern for event names. `*` matches one part, or every event if it is the whole pattern. A third part after
/// `contact::…` is a contact's id: `contact::*::1234` matches all events of that contact.
public struct EventPattern: Hashable, Sendable {
    /// Why a text is not a pattern.
    public enum Fault: Error, Equatable, Sendable {
        /// The text is empty.
        case empty
        /// A part before, between or after `::` is empty.
        case emptyPart
        /// A `*` is only a piece of a part, where it would match nothing.
        case partialStar
        /// More bytes than `longest`, or more parts than `mostParts`.
        case tooLong
    }

    public let text: String
    private let parts: [Substring]

    /// The maximum length in bytes. No event has a longer name.
    public static let longest = 256

    /// The maximum number of parts. No event's name has more.
    public static let mostParts = 8

    public init(_ text: String) throws(Fault) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= Self.longest else { throw .tooLong }
        parts = Self.parts(of: text)
        guard parts.count <= Self.mostParts else { throw .tooLong }
        guard parts.allSatisfy({ !$0.isEmpty }) else { throw .emptyPart }
        guard parts.prefix(2).allSatisfy({ $0 == "*" || !$0.contains("*") }) else { throw .partialStar }
        self.text = text
    }

    /// Splits a name. The third part of a contact's event is an id and may contain anything, `::` too.
    public static func parts(of name: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = name[...]
        while parts.count < 2 || parts[0] != "contact", let place = separator(in: rest) {
            parts.append(rest[..<place])
            rest = rest[name.utf8.index(place, offsetBy: 2)...]
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

    /// True if the pattern matches the event of that name and contact.
    public func matches(_ name: String, contactId: String?) -> Bool {
        matches(name, Self.parts(of: name), contactId: contactId)
    }

    /// The same with `parts(of: name)`, so that a name is split once for many patterns.
    public func matches(_ name: String, _ names: [Substring], contactId: String?) -> Bool {
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
