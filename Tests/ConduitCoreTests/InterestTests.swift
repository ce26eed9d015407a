import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("What a port wants of the log")
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
                isNarrow: isNarrow),
            serial: 1)
    }

    @Test("a port of the Streams dialect gets all but what is for subscribers")
    func streams() {
        let interest = interest()
        #expect(interest.wants(entry("x")) && interest.wants(entry("x", .streams)))
        #expect(!interest.wants(entry("x", .subscribers)))
        #expect(!interest.isSubscriber)
    }

    @Test("a subscriber gets what matches any pattern, and is not for Streams alone; asked twice the same")
    func subscriber() {
        let interest = interest("contact::*::1", "mute", "agent::*")
        for _ in 0..<2 {
            #expect(interest.wants(entry("mute", from: "p")) && !interest.wants(entry("mute", .streams)))
            #expect(interest.wants(entry("agent::refresh", .subscribers)))
            #expect(interest.wants(entry("contact::ended", .subscribers, contactId: "1")))
            #expect(!interest.wants(entry("contact::ended", .subscribers, contactId: "2")))
            #expect(!interest.wants(entry("contact::ended")))
            #expect(!interest.wants(entry("unmute")))
        }
    }

    @Test("names that clients make up are not remembered for ever, and each is judged rightly all the same")
    func many() {
        let interest = interest("a::*", "x")
        for number in 0..<5_000 {
            #expect(interest.wants(entry("a::\(number)")) && !interest.wants(entry("b::\(number)")))
        }
        #expect(interest.wants(entry("x")) && interest.wants(entry("a::1")) && !interest.wants(entry("b::1")))
    }

    @Test("nor are long ones: a client could make them hold more than the log may")
    func long() throws {
        let interest = interest("a::*")
        for number in 0..<100 {
            let name = String(repeating: "x", count: 10_000) + "\(number)"
            #expect(!interest.wants(entry(name)) && interest.wants(entry("a::" + name)))
        }
        let verdicts = Mirror(reflecting: interest).children.compactMap { $0.value as? [String: Bool] }
        let bytes = try #require(verdicts.first).keys.reduce(0) { $0 + $1.utf8.count }
        #expect(bytes < 100_000)
    }

    @Test("presence sees states, and nothing that a client broadcast")
    func presence() {
        for interest in [interest(isNarrow: true), interest("*", isNarrow: true)] {
            #expect(interest.wants(entry("agent::update")))
            #expect(!interest.wants(entry("contact::view", from: "p")) && !interest.wants(entry("agent::x", from: "p")))
            #expect(!interest.wants(entry("webSocket::all_message")) && !interest.wants(entry("mute")))
            #expect(!interest.wants(entry("contact::ended", .subscribers, contactId: "1")))
        }
        #expect(interest("*", isNarrow: true).wants(entry("agent::state_change", .subscribers)))
    }
}
