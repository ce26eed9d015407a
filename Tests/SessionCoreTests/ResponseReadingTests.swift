// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Conversion of responses")
struct ResponseReadingTests {
    private static let shape: Shape = .structure([
        .optional("text", .string), .optional("flag", .boolean), .optional("number", .number),
        .optional("when", .timestamp), .optional("list", .list(.timestamp)), .optional("map", .map(.timestamp)),
        .optional("inner", .structure([.required("when", .timestamp)])),
    ])

    @Test(
        "nulls, timestamps and unknown members",
        arguments: [
            (#"{"text":null,"flag":null,"number":null}"#, #"{"text":null,"flag":null,"number":null}"#),
            (#"{"when":null,"list":null,"map":null,"inner":null}"#, "{}"),
            (#"{"when":1735732860.123}"#, #"{"when":"2025-01-01T12:01:00.123Z"}"#),
            (#"{"when":1735732860}"#, #"{"when":"2025-01-01T12:01:00.000Z"}"#),
            (#"{"when":"already text"}"#, #"{"when":"already text"}"#),
            (#"{"list":[0,1.5,"x"]}"#, #"{"list":["1970-01-01T00:00:00.000Z","1970-01-01T00:00:01.500Z","x"]}"#),
            (#"{"map":{"a":0,"b":null}}"#, #"{"map":{"a":"1970-01-01T00:00:00.000Z"}}"#),
            (#"{"inner":{"when":-1,"other":7}}"#, #"{"inner":{"when":"1969-12-31T23:59:59.000Z","other":7}}"#),
            (#"{"future":{"when":1,"x":null},"gone":null}"#, #"{"future":{"when":1,"x":null},"gone":null}"#),
            (#"{"list":{},"map":[],"inner":"x"}"#, #"{"list":{},"map":[],"inner":"x"}"#),
            (#"{"number":9007199254740993}"#, #"{"number":9007199254740993}"#), ("7", "7"), ("null", "null"),
        ])
    func reading(sent: String, expected: String) throws {
        #expect(ResponseReading.read(try JSON(parsing: sent), as: Self.shape).text == expected)
    }

    @Test("a snapshot's timestamps become text at every level; an unknown state is kept")
    func snapshot() throws {
        let harness = try SessionHarness.configured()
        try harness.completeRound()
        try harness.answer(
            "GetAgentSnapshot",
            #"""
            {"nextToken":"n","snapshot":{"state":{"type":"levitating","name":"?","startTimestamp":1},"contacts":[
            {"contactId":"c","state":{"type":"adrift","timestamp":2.25},"queue":null,"queueTimestamp":3,
            "contactDuration":null,"connections":[{"connectionId":"l","state":{"type":"x","timestamp":4},"new":5}],
            "attributes":{"a":{"name":"a","value":null}}}],"snapshotTimestamp":6}}
            """#)
        let contact = try #require(harness.agents.last?.snapshot.contacts.first)
        #expect(contact.json["state"]?["timestamp"] == "1970-01-01T00:00:02.250Z")
        #expect(contact.stateType?.rawValue == "adrift")
        #expect(contact.json["queueTimestamp"] == "1970-01-01T00:00:03.000Z")
        #expect(contact.json["queue"] == nil)
        #expect(contact.json["contactDuration"] == .null)
        #expect(contact.json["attributes"] == ["a": ["name": "a", "value": .null]])
        let leg: JSON = [
            "connectionId": "l", "state": ["type": "x", "timestamp": "1970-01-01T00:00:04.000Z"], "new": 5,
        ]
        #expect(contact.json["connections"] == [leg])
        #expect(harness.agents.last?.snapshot.snapshotTimestamp == "1970-01-01T00:00:06.000Z")
        #expect(harness.agents.last?.snapshot.state?.type?.rawValue == "levitating")
    }
}
