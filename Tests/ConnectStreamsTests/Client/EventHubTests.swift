// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConnectStreams

@Suite("Sequences of one contact")
struct EventHubTests {
    private static func event(_ name: String, _ id: String, from: String = "") throws -> EventStream.Update {
        let line =
            #"{"event":"\#(name)","data":{"contactId":"\#(id)","contact":{"contactId":"\#(id)"}},\#(from)"clock":"e:2","time":"t"}"#
        return .event(try #require(StreamEvent(try ServerMessage(line: Array(line.utf8)))))
    }

    private static func snapshot(_ ids: [String]) -> JSON {
        ["snapshot": ["contacts": .array(ids.map { ["contactId": .string($0)] })]]
    }

    private static func subscribed(_ ids: [String], fresh: Bool = true) -> EventStream.Update {
        .subscribed(
            Subscribed(json: ["clock": "e:1", "fresh": .bool(fresh), "snapshot": fresh ? snapshot(ids) : .null]))
    }

    private static func lagged(_ ids: [String]) throws -> EventStream.Update {
        let text = snapshot(ids).text
        let line = #"{"event":"partyline::lagged","data":{"dropped":1,"snapshot":\#(text)},"clock":"e:9"}"#
        return .lagged(Lag(try ServerMessage(line: Array(line.utf8))))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var wasThere = false
        let updates: @Sendable () throws -> [EventStream.Update]
        let ends: Bool
    }

    private static let cases = [
        Case(
            testDescription: "destroyed", wasThere: true, updates: { [try event("contact::destroyed", "a")] },
            ends: true),
        Case(
            testDescription: "destroyed after an event",
            updates: {
                [try event("contact::init", "a"), try event("contact::destroyed", "a")]
            }, ends: true),
        Case(
            testDescription: "another contact is destroyed", wasThere: true,
            updates: { [try event("contact::destroyed", "b")] }, ends: false),
        Case(
            testDescription: "a client broadcasts the name", wasThere: true,
            updates: { [try event("contact::destroyed", "a", from: #""from":"port","#)] }, ends: false),
        Case(
            testDescription: "missing after a fresh start", wasThere: true, updates: { [subscribed(["b"])] }, ends: true
        ),
        Case(
            testDescription: "there after a fresh start", wasThere: true, updates: { [subscribed(["b", "a"])] },
            ends: false),
        Case(
            testDescription: "seen in a fresh start, missing in the next one",
            updates: { [subscribed(["a"]), subscribed([])] }, ends: true),
        Case(
            testDescription: "a resumption has no snapshot", wasThere: true,
            updates: { [subscribed([], fresh: false)] },
            ends: false),
        Case(testDescription: "missing after a lag", wasThere: true, updates: { [try lagged([])] }, ends: true),
        Case(testDescription: "there after a lag", wasThere: true, updates: { [try lagged(["a"])] }, ends: false),
        Case(testDescription: "one that is still to come", updates: { [subscribed([]), try lagged([])] }, ends: false),
        Case(
            testDescription: "the connection is lost", wasThere: true, updates: { [.gone(.timeout)] }, ends: false),
    ]

    @Test("what was there before the subscription is told to sequences made before it, and only to them")
    func existing() async throws {
        let hub = EventHub()
        let line =
            #"{"event":"contact::init","data":{"contactId":"a"},"existing":true}"#
        let message = try ServerMessage(line: Array(line.utf8))
        let existing = EventStream.Update.event(try #require(StreamEvent(message, at: "e:1")))
        func sequence() -> Events<String> {
            hub.events(limit: 9) { update in if case .event(let event) = update { event.name } else { nil } }
        }
        let before = sequence()
        hub.deliver(Self.subscribed(["a"]))
        let after = sequence()
        hub.deliver(existing)
        hub.deliver(try Self.event("contact::connected", "a"))
        hub.end(nil)
        var heard: [[String]] = []
        for events in [before, after] {
            var names: [String] = []
            for try await name in events { names.append(name) }
            heard.append(names)
        }
        #expect(heard == [["contact::init", "contact::connected"], ["contact::connected"]])
    }

    @Test("what the daemon repeats after a new start is told once; what is new to the client is told")
    func repetitions() async throws {
        let hub = EventHub()
        func existing(_ name: String, _ id: String) throws -> EventStream.Update {
            let line = #"{"event":"\#(name)","data":{"contactId":"\#(id)"},"existing":true}"#
            return .event(try #require(StreamEvent(try ServerMessage(line: Array(line.utf8)), at: "e:1")))
        }
        let events: Events<String> = hub.events(limit: 99) { update in
            if case .event(let event) = update { "\(event.name) \(event.contactId ?? "")" } else { nil }
        }
        hub.deliver(Self.subscribed(["a"]))
        hub.deliver(try existing("contact::init", "a"))
        hub.deliver(try Self.event("contact::connected", "a"))
        hub.deliver(Self.subscribed(["a", "b"]))
        for id in ["a", "b"] {
            hub.deliver(try existing("contact::init", id))
            hub.deliver(try existing("contact::connected", id))
        }
        // The contact was away in between: it is another stay.
        hub.deliver(Self.subscribed([]))
        hub.deliver(Self.subscribed(["a"]))
        hub.deliver(try existing("contact::init", "a"))
        hub.end(nil)
        var heard: [String] = []
        for try await event in events { heard.append(event) }
        #expect(
            heard == [
                "contact::init a", "contact::connected a", "contact::init b", "contact::connected b", "contact::init a",
            ])
    }

    @Test("a sequence that is made after its contact has gone ends at once; one of a contact to come waits")
    func late() throws {
        let hub = EventHub()
        hub.deliver(Self.subscribed([]))
        hub.deliver(try Self.event("contact::init", "a"))
        hub.deliver(try Self.event("contact::destroyed", "a"))
        let known: Events<Int> = hub.events(limit: 9, contactId: "a", wasThere: true) { _ in nil }
        #expect(hub.count == 0)
        let unknown: Events<Int> = hub.events(limit: 9, contactId: "b") { _ in nil }
        #expect(hub.count == 1)
        withExtendedLifetime((known, unknown)) {}
    }

    @Test("a sequence ends when its contact is gone, also if no event says so", arguments: cases)
    func ends(example: Case) throws {
        let hub = EventHub()
        if example.wasThere { hub.deliver(Self.subscribed(["a"])) }
        let events: Events<Int> = hub.events(limit: 9, contactId: "a", wasThere: example.wasThere) { _ in nil }
        for update in try example.updates() { hub.deliver(update) }
        // The end of a sequence takes its consumer off the hub.
        #expect(hub.count == (example.ends ? 0 : 1))
        withExtendedLifetime(events) {}
    }
}
