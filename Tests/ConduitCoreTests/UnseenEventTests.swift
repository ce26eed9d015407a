// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Subscriptions to events that a role never sees")
struct UnseenEventTests {
    @Test(
        "role presence, only unseen events → not_permitted, with the role that may",
        arguments: [
            ["contact::*"], ["contact::connected"], ["webSocket::connection_lost", "contact::*::c1"], ["my::broadcast"],
        ])
    func refused(events: [String]) throws {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .presence)
        harness.ask(one, "subscribe", ["events": .array(events.map { .string($0) })])
        let answer = try JSON(parsing: try #require(harness.read(one).first))["data"]
        #expect(answer?["err"]?["code"] == "not_permitted")
        #expect(answer?["err"]?["message"]?.string?.contains("the role observer") == true)
        #expect(harness.conduit.ports[one]?.interest.isSubscriber == false)
    }

    @Test(
        "some are seen → subscribed, and the others are listed",
        arguments: [
            (["agent::*", "contact::*"], ["contact::*"]), (["*"], []), (["agent::state_change"], []),
        ] as [([String], [String])])
    func listed(events: [String], unseen: [String]) throws {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .presence)
        harness.ask(one, "subscribe", ["events": .array(events.map { .string($0) })])
        let answer = try JSON(parsing: try #require(harness.read(one).first))["data"]?["data"]
        #expect((answer?["unseen"]?.array ?? []).compactMap(\.string) == unseen)
        #expect(answer?["clock"] != nil)
    }

    @Test("an observer sees everything", arguments: ["contact::*", "my::broadcast"])
    func observer(event: String) throws {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .observer)
        harness.subscribe(one, event)
        #expect(try JSON(parsing: try #require(harness.read(one).first))["data"]?["data"]?["unseen"] == nil)
    }
}
