// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@Suite("Patterns of event names")
struct EventPatternTests {
    struct Row: Sendable {
        let pattern: String
        let name: String
        let contactId: String?
        let matches: Bool

        static func yes(_ pattern: String, _ name: String, _ contactId: String? = nil) -> Row {
            Row(pattern: pattern, name: name, contactId: contactId, matches: true)
        }

        static func no(_ pattern: String, _ name: String, _ contactId: String? = nil) -> Row {
            Row(pattern: pattern, name: name, contactId: contactId, matches: false)
        }
    }

    @Test(
        "a pattern matches its own name; a star matches one part",
        arguments: [
            .yes("agent::refresh", "agent::refresh"), .no("agent::refresh", "agent::init"),
            .no("agent::refresh", "Agent::refresh"), .no("agent::refresh", "agent::refresh2"),
            .yes("agent::*", "agent::refresh"), .no("agent::*", "contact::refresh"),
            .no("agent::*", "agent"), .yes("agent::*", "agent::"), .yes("*::refresh", "contact::refresh"),
            .no("*::refresh", "refresh"), .yes("*::*", "agent::refresh"), .no("*::*", "mute"),
            .yes("webSocket::all_message", "webSocket::all_message"), .yes("mute", "mute"),
            .no("mute", "mute2"), .yes("configuration::*", "configuration::set_speaker_device"),

            .yes("a:b", "a:b"), .yes("a::*", "a::b:c"), .yes("a::*", "a:::b"),
            .yes("a::b::c", "a::b::c"), .yes("a::*::c", "a::b::c"), .no("a::*", "a::b::c"),
            .yes("a::*::*", "a::b::c"), .no("a::*::*", "a::b::c::d"), .yes("*::*::*::*", "a::b::c::d"),
        ] as [Row])
    func names(row: Row) throws {
        #expect(try EventPattern(row.pattern).matches(row.name, contactId: row.contactId) == row.matches)
    }

    @Test(
        "a star alone matches everything",
        arguments: ["mute", "agent::refresh", "contact::connected", "a::b::c::d", "*", "::", ""])
    func everything(name: String) throws {
        #expect(try EventPattern("*").matches(name, contactId: nil))
        #expect(try EventPattern("*").matches(name, contactId: "1"))
    }

    @Test(
        "a third part matches a contact id",
        arguments: [
            .yes("contact::*::1", "contact::connected", "1"), .no("contact::*::1", "contact::connected", "2"),
            .no("contact::*::1", "contact::connected"), .no("contact::*::1", "agent::refresh", "1"),
            .yes("contact::connected::1", "contact::connected", "1"),
            .no("contact::connected::1", "contact::ended", "1"),
            .yes("contact::*", "contact::connected", "1"), .yes("contact::connected", "contact::connected", "1"),
            .yes("*::*::1", "contact::connected", "1"), .yes("*::connected::1", "contact::connected", "1"),
            // Ids may contain anything.
            .yes("contact::*::a::b", "contact::connected", "a::b"),
            .no("contact::*::a::b", "contact::connected", "a"),
            .no("contact::*::a", "contact::connected", "a::b"),
            .yes("contact::*::::", "contact::connected", "::"), .yes("contact::*:::", "contact::connected", ":"),
            .yes("contact::*::contact::*", "contact::connected", "contact::*"),
            .no("contact::*::contact::*", "contact::connected", "contact::x"),
            // Events that pages broadcast contain the id in their name.
            .yes("contact::*::1", "contact::shown::1"), .no("contact::*::1", "contact::shown::2"),
            .yes("contact::*::a::b", "contact::shown::a::b"), .no("contact::*", "contact::shown::1"),
        ] as [Row])
    func contacts(row: Row) throws {
        #expect(try EventPattern(row.pattern).matches(row.name, contactId: row.contactId) == row.matches)
    }

    @Test("a star as third part matches any contact", arguments: ["contact::*::*", "contact::connected::*", "*::*::*"])
    func anyContact(text: String) throws {
        let pattern = try EventPattern(text)
        #expect(pattern.matches("contact::connected", contactId: "1"))
        #expect(!pattern.matches("contact::connected", contactId: nil))
        #expect(!pattern.matches("agent::refresh", contactId: nil))
    }

    private static let faults: [(String, EventPattern.Fault)] = [
        ("", .empty), ("::", .emptyPart), ("::a", .emptyPart), ("a::", .emptyPart), ("a::::b", .emptyPart),
        ("contact::", .emptyPart), ("contact::*::", .emptyPart), ("contact::::1", .emptyPart),
        ("age*", .partialStar), ("agent::re*", .partialStar), ("*t::init", .partialStar), ("**", .partialStar),
        ("a::*:", .partialStar), ("contact::c*::1", .partialStar), ("a::b::c::d::e::f::g::h::i", .tooLong),
        (String(repeating: "x", count: 257), .tooLong), (String(repeating: "ä", count: 129), .tooLong),
    ]

    @Test("an invalid pattern → an error with the reason", arguments: faults)
    func bad(text: String, fault: EventPattern.Fault) {
        #expect(throws: fault) { try EventPattern(text) }
    }

    @Test(
        "unusual but valid patterns",
        arguments: ["contact::*::a*b::c", "my event", "a:b", "*::init", String(repeating: "x", count: 256)])
    func good(text: String) throws { #expect(try EventPattern(text).text == text) }

    @Test("patterns are equal if their texts are")
    func same() throws {
        #expect(try EventPattern("a::*") == EventPattern("a::*"))
        #expect(try EventPattern("a::*") != EventPattern("*::a"))
    }
}
