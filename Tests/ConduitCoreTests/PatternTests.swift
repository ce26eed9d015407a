import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Patterns of event names")
struct PatternTests {
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
        "a name is itself, and a star is one part",
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
        #expect(try #require(Pattern(row.pattern)).matches(row.name, contactId: row.contactId) == row.matches)
    }

    @Test(
        "a star alone is everything",
        arguments: ["mute", "agent::refresh", "contact::connected", "a::b::c::d", "*", "::", ""])
    func everything(name: String) throws {
        #expect(try #require(Pattern("*")).matches(name, contactId: nil))
        #expect(try #require(Pattern("*")).matches(name, contactId: "1"))
    }

    @Test(
        "a third part is a contact",
        arguments: [
            .yes("contact::*::1", "contact::connected", "1"), .no("contact::*::1", "contact::connected", "2"),
            .no("contact::*::1", "contact::connected"), .no("contact::*::1", "agent::refresh", "1"),
            .yes("contact::connected::1", "contact::connected", "1"),
            .no("contact::connected::1", "contact::ended", "1"),
            .yes("contact::*", "contact::connected", "1"), .yes("contact::connected", "contact::connected", "1"),
            .yes("*::*::1", "contact::connected", "1"), .yes("*::connected::1", "contact::connected", "1"),
            // Ids may hold anything.
            .yes("contact::*::a::b", "contact::connected", "a::b"),
            .no("contact::*::a::b", "contact::connected", "a"),
            .no("contact::*::a", "contact::connected", "a::b"),
            .yes("contact::*::::", "contact::connected", "::"), .yes("contact::*:::", "contact::connected", ":"),
            .yes("contact::*::contact::*", "contact::connected", "contact::*"),
            .no("contact::*::contact::*", "contact::connected", "contact::x"),
            // What pages broadcast has the id in its name.
            .yes("contact::*::1", "contact::shown::1"), .no("contact::*::1", "contact::shown::2"),
            .yes("contact::*::a::b", "contact::shown::a::b"), .no("contact::*", "contact::shown::1"),
        ] as [Row])
    func contacts(row: Row) throws {
        #expect(try #require(Pattern(row.pattern)).matches(row.name, contactId: row.contactId) == row.matches)
    }

    @Test("a star stands for any contact too", arguments: ["contact::*::*", "contact::connected::*", "*::*::*"])
    func anyContact(text: String) throws {
        let pattern = try #require(Pattern(text))
        #expect(pattern.matches("contact::connected", contactId: "1"))
        #expect(!pattern.matches("contact::connected", contactId: nil))
        #expect(!pattern.matches("agent::refresh", contactId: nil))
    }

    @Test(
        "what cannot be a pattern",
        arguments: [
            "", "::", "::a", "a::", "a::::b", "contact::", "contact::*::", "contact::::1",
            // A star is a whole part.
            "age*", "agent::re*", "*t::init", "**", "a::*:", "contact::c*::1",
        ])
    func bad(text: String) { #expect(Pattern(text) == nil) }

    @Test("a pattern may have 256 bytes")
    func longest() {
        #expect(Pattern(String(repeating: "x", count: 256)) != nil)
        #expect(Pattern(String(repeating: "x", count: 257)) == nil)
        #expect(Pattern(String(repeating: "ä", count: 129)) == nil)
    }

    @Test("two are the same if their text is")
    func same() {
        #expect(Pattern("a::*") == Pattern("a::*"))
        #expect(Pattern("a::*") != Pattern("*::a"))
        #expect(Pattern("a::*")?.text == "a::*")
    }
}
