// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("agent::update")
struct AgentUpdateTests {
    private func agent(_ snapshot: String, _ configuration: String = "{}") throws -> AgentData {
        try #require(
            AgentData(json: ["snapshot": JSON(parsing: snapshot), "configuration": JSON(parsing: configuration)]))
    }

    private func line(_ snapshot: String, _ configuration: String = "{}") -> String {
        #"{"event":"agent::update","data":{"snapshot":\#(snapshot),"configuration":\#(configuration)}}"#
    }

    @Test("every port gets each agent; a port that joins later gets only the newest")
    func lateJoiner() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        _ = harness.read(one)
        #expect(harness.agent == nil)
        harness.handle(.agent(try agent(#"{"n":1,"contacts":[]}"#)))
        harness.handle(.agent(try agent(#"{"n":2,"contacts":[]}"#)))
        let both = [line(#"{"n":1,"contacts":[]}"#), line(#"{"n":2,"contacts":[]}"#)]
        #expect(harness.read(one) == both)
        #expect(harness.read(two) == both)
        let late = harness.open(3)
        let lines = harness.read(late)
        #expect(lines.count == 3)
        #expect(lines.suffix(2) == [ccps(3), both[1]])
        #expect(harness.read(one) == [ccps(3)])
        #expect(harness.agent?.snapshot.json["n"] == 2)
    }

    @Test("an alias is inserted after the member that it duplicates")
    func aliases() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let contact =
            #"{"contactId":"c","state":{"type":"connected","timestamp":"2025-01-01T12:00:00.000Z"},"#
            + #""queue":{"queueARN":"arn:q","name":"Q"},"connections":[{"endpoint":{"phoneNumber":"+1"}},{"id":2}]"#
        let profile =
            #"{"routingProfile":{"routingProfileARN":"arn:rp","defaultOutboundQueue":{"queueARN":"arn:d"},"#
            + #""queues":[{"queueARN":"arn:a"},{"queueARN":"arn:b"}]"#
        harness.handle(.agent(try agent(#"{"contacts":[\#(contact)}]}"#, profile + "}}")))
        let aliasedContact =
            #"{"contactId":"c","state":{"type":"connected","timestamp":"2025-01-01T12:00:00.000Z"},"#
            + #""queue":{"queueARN":"arn:q","name":"Q","queueId":"arn:q"},"#
            + #""connections":[{"endpoint":{"phoneNumber":"+1"},"address":{"phoneNumber":"+1"}},{"id":2}],"#
            + #""status":{"type":"connected","timestamp":"2025-01-01T12:00:00.000Z"}}"#
        let aliasedProfile =
            #"{"routingProfile":{"routingProfileARN":"arn:rp","#
            + #""defaultOutboundQueue":{"queueARN":"arn:d","queueId":"arn:d"},"#
            + #""queues":[{"queueARN":"arn:a","queueId":"arn:a"},{"queueARN":"arn:b","queueId":"arn:b"}],"#
            + #""routingProfileId":"arn:rp"}}"#
        #expect(harness.read(one) == [line(#"{"contacts":[\#(aliasedContact)]}"#, aliasedProfile)])
    }

    @Test("contacts are sorted by their states' timestamps; equal timestamps keep their order")
    func order() throws {
        func contact(_ id: String, _ instant: String?) -> JSON {
            ["contactId": .string(id), "state": instant.map { ["timestamp": .string($0)] } ?? .null]
        }
        let contacts = [
            contact("late", "2025-01-01T12:00:00.010Z"), contact("b1", "2025-01-01T11:59:59.999Z"),
            contact("none", nil), contact("b2", "2025-01-01T11:59:59.999Z"),
            contact("early", "2024-12-31T23:00:00.000Z"),
        ]
        let harness = ConduitHarness()
        let snapshot = SnapshotData(json: JSONObject([("contacts", .array(contacts))]))
        harness.handle(.agent(AgentData(snapshot: snapshot, configuration: AgentConfiguration(json: JSONObject()))))
        let sorted = try #require(harness.agent).snapshot.contacts.map(\.contactId)
        #expect(sorted == ["none", "early", "b1", "b2", "late"])
    }

    @Test("a missing member gets no alias, and unknown members and types are left alone")
    func sparse() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.handle(.agent(try agent(#"{"future":[1]}"#, #"{"routingProfile":{"queues":7},"x":null}"#)))
        harness.handle(
            .agent(try agent(#"{"contacts":[7,{"queue":"q","connections":"none"}]}"#, #"{"routingProfile":[]}"#)))
        #expect(
            harness.read(one) == [
                line(#"{"future":[1],"contacts":[]}"#, #"{"routingProfile":{"queues":7},"x":null}"#),
                line(#"{"contacts":[7,{"queue":"q","connections":"none"}]}"#, #"{"routingProfile":[]}"#),
            ])
        harness.handle(.agent(try agent(#"{"contacts":[{"connections":[8]}]}"#)))
        #expect(harness.read(one) == [line(#"{"contacts":[{"connections":[8]}]}"#)])
    }
}
