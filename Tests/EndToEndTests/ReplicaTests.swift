// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol
import Testing

/// The end-to-end tests rely on `Replica`: it has to find every inconsistency.
@Suite("Replica")
struct ReplicaTests {
    private static func event(_ name: String, _ clock: Int, _ data: JSON) throws -> StreamEvent {
        let line: JSON = [
            "event": .string(name), "data": data, "clock": .string("e:\(clock)"), "time": "2025-01-01T12:00:00.000Z",
        ]
        return try #require(StreamEvent(try ServerMessage(line: line.encoded)))
    }

    private static func contact(_ name: String, _ clock: Int, _ id: String, _ state: String) throws -> StreamEvent {
        try event(
            "contact::\(name)", clock,
            ["contactId": .string(id), "contact": ["contactId": .string(id), "state": ["type": .string(state)]]])
    }

    private static func agent(_ state: String, _ contacts: [(id: String, state: String)]) -> JSON {
        [
            "snapshot": [
                "state": ["name": .string(state)],
                "contacts": .array(
                    contacts.map { ["contactId": .string($0.id), "state": ["type": .string($0.state)]] }),
            ], "configuration": ["name": "Robin Example"],
        ]
    }

    @Test("consistent events → no fault, and the right state")
    func stay() throws {
        var replica = Replica()
        replica.begin(Self.agent("Available", [("old", "connected"), ("over", "ended")]))
        let change: JSON = ["oldState": "Available", "newState": "Lunch"]
        let events = try [
            Self.event("agent::state_change", 1, change), Self.contact("init", 2, "new", "connecting"),
            Self.contact("connecting", 3, "new", "connecting"), Self.contact("ended", 4, "old", "ended"),
            Self.contact("destroyed", 5, "old", "ended"), Self.contact("destroyed", 6, "over", "ended"),
            Self.contact("connected", 7, "new", "connected"), Self.contact("refresh", 8, "new", "connected"),
        ]
        events.forEach { replica.apply($0) }
        #expect(replica.faults == [])
        #expect(replica.summary == "Lunch: new connected")
        #expect(replica.transitions == 7)
    }

    @Test("inconsistent events → one fault each")
    func faults() throws {
        let cases: [(text: String, events: [StreamEvent])] = try [
            (
                "came twice",
                [Self.contact("refresh", 1, "here", "connected"), Self.contact("refresh", 1, "here", "connected")]
            ),
            ("which is there", [Self.contact("init", 1, "here", "connected")]),
            ("which is not there", [Self.contact("connected", 1, "unknown", "connected")]),
            ("ended twice", [Self.contact("ended", 1, "here", "ended"), Self.contact("ended", 2, "here", "ended")]),
            ("before it ended", [Self.contact("destroyed", 1, "here", "connected")]),
            (
                "but it was Available",
                [Self.event("agent::state_change", 1, ["oldState": "Lunch", "newState": "Offline"])]
            ),
        ]
        for (text, events) in cases {
            var replica = Replica()
            replica.begin(Self.agent("Available", [("here", "connected")]))
            events.forEach { replica.apply($0) }
            #expect(replica.faults.count == 1 && replica.faults[0].contains(text), "\(text): \(replica.faults)")
        }
    }

    @Test("broadcasts and agent updates are ignored")
    func others() throws {
        var replica = Replica()
        replica.begin(Self.agent("Available", []))
        let line = #"{"event":"contact::view","data":{"contactId":"unknown"},"clock":"e:1","time":"t","from":"1-x"}"#
        replica.apply(try #require(StreamEvent(try ServerMessage(line: Array(line.utf8)))))
        replica.apply(try Self.event("agent::update", 1, Self.agent("Lunch", [("unknown", "connected")])))
        #expect(replica.faults == [] && replica.summary == "Available: ")
    }
}
