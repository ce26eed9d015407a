// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Interests")
struct InterestTests {
    private func entry(
        _ name: String, _ audience: EventLog.Audience = .everyone, contactId: String? = nil, from: String? = nil
    ) -> EventLog.Entry {
        EventLog.Entry(name, size: 1, audience: audience, contactId: contactId, from: from, time: 0)
    }

    private func interest(_ patterns: String..., isNarrow: Bool = false) -> Interest {
        Interest(
            .init(
                patterns: patterns.isEmpty ? nil : patterns.compactMap { try? EventPattern($0) }, isLatest: false,
                role: isNarrow ? .presence : .observer),
            serial: 1)
    }

    @Test("a Streams port gets every line that is not for subscribers only")
    func streams() {
        let interest = interest()
        #expect(interest.matches(entry("x")) && interest.matches(entry("x", .streams)))
        #expect(!interest.matches(entry("x", .subscribers)))
        #expect(!interest.isSubscriber)
    }

    @Test("a subscriber gets lines that match a pattern and are not for Streams only; cached verdicts are the same")
    func subscriber() {
        let interest = interest("contact::*::1", "mute", "agent::*")
        for _ in 0..<2 {
            #expect(interest.matches(entry("mute", from: "p")) && !interest.matches(entry("mute", .streams)))
            #expect(interest.matches(entry("agent::refresh", .subscribers)))
            #expect(interest.matches(entry("contact::ended", .subscribers, contactId: "1")))
            #expect(!interest.matches(entry("contact::ended", .subscribers, contactId: "2")))
            #expect(!interest.matches(entry("contact::ended")))
            #expect(!interest.matches(entry("unmute")))
        }
    }

    @Test("the verdict cache is limited, and uncached names get the right verdict")
    func many() {
        let interest = interest("a::*", "x")
        for number in 0..<5_000 {
            #expect(interest.matches(entry("a::\(number)")) && !interest.matches(entry("b::\(number)")))
        }
        #expect(interest.matches(entry("x")) && interest.matches(entry("a::1")) && !interest.matches(entry("b::1")))
    }

    @Test("long names are not cached: clients choose them, and they could exceed the log's limit")
    func long() throws {
        let interest = interest("a::*")
        for number in 0..<100 {
            let name = String(repeating: "x", count: 10_000) + "\(number)"
            #expect(!interest.matches(entry(name)) && interest.matches(entry("a::" + name)))
        }
        let verdicts = Mirror(reflecting: interest).children.compactMap { $0.value as? [String: Bool] }
        let bytes = try #require(verdicts.first).keys.reduce(0) { $0 + $1.utf8.count }
        #expect(bytes < 100_000)
    }

    @Test("presence sees the agent's state, and no broadcast")
    func presence() {
        for interest in [interest(isNarrow: true), interest("*", isNarrow: true)] {
            #expect(interest.matches(entry("agent::update")))
            #expect(!interest.matches(entry("contact::view", from: "p")))
            #expect(!interest.matches(entry("agent::x", from: "p")))
            #expect(!interest.matches(entry("webSocket::all_message")) && !interest.matches(entry("mute")))
            #expect(!interest.matches(entry("contact::ended", .subscribers, contactId: "1")))
        }
        #expect(interest("*", isNarrow: true).matches(entry("agent::state_change", .subscribers)))
    }
}
