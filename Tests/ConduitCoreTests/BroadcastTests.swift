// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Broadcasts to subscribers")
struct BroadcastTests {
    /// A subscriber to everything, and a page of the Streams dialect that has read its first lines.
    private func harness() -> (ConduitHarness, PortID, PortID) {
        let harness = ConduitHarness()
        let subscriber = harness.port(1)
        let page = harness.port(2)
        harness.subscribe(subscriber, "*")
        _ = harness.read(subscriber)
        return (harness, subscriber, page)
    }

    private static let from = "from 1735732800000-n2"

    @Test("a broadcast carries its sender, even under the name of one of the daemon's events")
    func plain() {
        let (harness, subscriber, page) = harness()
        for name in ["mute", "auth_fail", "contact::shown", "contact::shown::1", "agent::x", "update_connected_ccps"] {
            harness.broadcast(page, name)
            #expect(harness.briefly(subscriber).first?.hasPrefix("\(name) e1:") == true)
        }
        harness.broadcast(page, "mute")
        #expect(harness.briefly(subscriber) == ["mute e1:9 \(Self.from)"])
    }

    @Test(
        "a broadcast under a derived name, or such a name plus a suffix, reaches only Streams ports",
        arguments: Derivation.names.sorted() + [
            "contact::accepted::1", "contact::connected::a::b", "agent::refresh::1",
        ])
    func derived(name: String) {
        let (harness, subscriber, page) = harness()
        harness.broadcast(page, name, 1)
        #expect(harness.read(subscriber) == [])
        #expect(harness.read(page) == [#"{"event":"\#(name)","data":1}"#])
    }

    @Test("a broadcast that only Streams ports see gets no clock and is not kept")
    func noEvent() {
        let harness = ConduitHarness { $0.keepsState = true }
        let subscriber = harness.port(1)
        let page = harness.port(2)
        harness.subscribe(subscriber, "*")
        _ = harness.read(subscriber)
        let kept = harness.kept.count
        harness.broadcast(page, "contact::accepted", ["contactId": "1"])
        #expect(harness.kept.count == kept)
        harness.ask(subscriber, "unsubscribe")
        #expect(harness.read(subscriber) == [answerLine(#"{"clock":"e1:2"}"#)])
    }

    @Test("contact::view gets the contact and the sender for subscribers; Streams ports get it unchanged")
    func view() {
        let (harness, subscriber, page) = harness()
        harness.updateAgent("a=connected b=pending")
        _ = harness.read(subscriber)
        _ = harness.read(page)
        harness.broadcast(page, "contact::view", ["contactId": "b", "more": 1])
        let contact =
            #"{"number":1,"contactId":"b","state":{"type":"pending"},"status":{"type":"pending"}}"#
        #expect(
            harness.read(subscriber) == [
                #"{"event":"contact::view","data":{"contactId":"b","more":1,"contact":\#(contact)},"clock":"e1:15","#
                    + #""time":"2025-01-01T12:00:00.000Z","from":"1735732800000-n2"}"#
            ])
        #expect(harness.read(page) == [#"{"event":"contact::view","data":{"contactId":"b","more":1}}"#])
    }

    @Test(
        "contact::view of an unknown contact → contact is null, other members stay",
        arguments: [
            (nil, #"{"contact":null}"#), (7, #"{"contact":null}"#),
            (["contactId": .null], #"{"contactId":null,"contact":null}"#),
            (["contactId": "x", "contact": "y"], #"{"contactId":"x","contact":null}"#),
        ] as [(JSON?, String)])
    func viewOfNothing(data: JSON?, sent: String) throws {
        let (harness, subscriber, page) = harness()
        harness.broadcast(page, "contact::view", data)
        let line = try #require(harness.read(subscriber).first)
        #expect(line.hasPrefix(#"{"event":"contact::view","data":\#(sent),"clock":"#))
    }

    @Test("contact::view matches a pattern with its contact's id, and is replayed on resume")
    func viewFilter() {
        let (harness, subscriber, page) = harness()
        for contact in ["a", "b", "a"] { harness.broadcast(page, "contact::view", ["contactId": .string(contact)]) }
        harness.subscribe(subscriber, "contact::*::a", since: "e1:0")
        let views = harness.briefly(subscriber).filter { $0.hasPrefix("contact::view") }
        #expect(views.suffix(2) == ["contact::view e1:4 \(Self.from)", "contact::view e1:8 \(Self.from)"])
    }

    @Test("a reserved name is not broadcast to subscribers")
    func reserved() {
        let (harness, subscriber, page) = harness()
        for name in ["partyline::lagged", "acknowledge", "agent::update", "api_response"] {
            harness.broadcast(page, name)
        }
        #expect(harness.read(subscriber) == [])
    }
}

@Suite("contact::accepted")
struct AcceptedEventTests {
    @Test("subscribers get it once per stay, with the contact; broadcasts of that name do not count")
    func once() {
        let harness = ConduitHarness()
        harness.updateAgent("a=connecting")
        let subscriber = harness.port(1)
        let page = harness.port(2)
        harness.subscribe(subscriber, "contact::accepted")
        _ = harness.read(subscriber)
        _ = harness.read(page)
        for _ in 0..<2 {
            harness.handle(.accepted(contactId: "a"))
            harness.broadcast(page, "contact::accepted", ["contactId": "a"])
            harness.broadcast(page, "contact::accepted::a", ["contactId": "a"])
        }
        let contact =
            #"{"number":0,"contactId":"a","state":{"type":"connecting"},"status":{"type":"connecting"}}"#
        #expect(
            harness.read(subscriber) == [
                #"{"event":"contact::accepted","data":{"contactId":"a","contact":\#(contact)},"clock":"e1:11","#
                    + #""time":"2025-01-01T12:00:00.000Z"}"#
            ])
        #expect(harness.read(page).count == 4)
    }

    @Test("a second stay → a second event; an unknown contact → none")
    func stays() {
        let harness = ConduitHarness()
        let subscriber = harness.port(1)
        harness.subscribe(subscriber, "contact::accepted")
        _ = harness.read(subscriber)
        for stay in ["a=connecting", "", "a=connecting"] {
            harness.updateAgent(stay)
            for contact in ["a", "b"] { harness.handle(.accepted(contactId: contact)) }
        }
        #expect(harness.briefly(subscriber).count == 2)
    }
}
