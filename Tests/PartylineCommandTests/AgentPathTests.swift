// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Testing

@testable import partyline

@Suite("One value of the agent")
struct AgentPathTests {
    private let agent: JSON = [
        "snapshot": ["state": ["name": "Available"], "contacts": [["contactId": "1"], ["contactId": "2"]]],
        "configuration": ["permissions": []], "attributes": ["crm.id": ["value": "7"], #"a\b"#: 1],
    ]

    private static let existing: [(String, JSON)] = [
        ("snapshot.state.name", "Available"), ("snapshot.contacts.1.contactId", "2"),
        ("snapshot.contacts[0].contactId", "1"), ("configuration.permissions", []),
        (".snapshot.state", ["name": "Available"]), (#"attributes.crm\.id.value"#, "7"),
    ]

    @Test("existing paths", arguments: existing)
    func found(path: String, value: JSON) throws { #expect(try AgentPath(path).value(in: agent) == value) }

    @Test("no path → the whole agent")
    func whole() throws { #expect(try AgentPath("").value(in: agent) == agent) }

    @Test(
        "missing paths → an error that lists what exists",
        arguments: [
            ("x", #"no "x" in the agent; there is: snapshot, configuration, attributes"#),
            ("attributes.crm.id", #"no "crm" in attributes; there is: crm\.id, a\\b"#),
            ("snapshot.state.nam", #"no "nam" in snapshot.state; there is: name"#),
            ("snapshot.contacts.2", #"no "2" in snapshot.contacts; there is: 0 to 1"#),
            ("snapshot.contacts.first", #"no "first" in snapshot.contacts; there is: 0 to 1"#),
            (
                "configuration.permissions.0",
                #"no "0" in configuration.permissions; there is: nothing, the list is empty"#
            ),
            ("snapshot.state.name.x", #"no "x" in snapshot.state.name; there is: only the value "Available""#),
        ])
    func missing(path: String, message: String) {
        let failure = #expect(throws: AgentPath.Failure.self) { try AgentPath(path).value(in: agent) }
        #expect(failure?.description == message)
    }

    @Test(
        "a state of the seat that was not confirmed since a restart → a line, if it is printed",
        arguments: [("seat", 1), ("seat.mute.data.muted", 1), ("seat.speaker", 0), ("seat.camera", 0)])
    func staleness(path: String, count: Int) {
        let root: JSON = [
            "seat": [
                "mute": ["data": ["muted": true], "time": "2026-01-01T00:00:00.000Z", "stale": true],
                "speaker": ["data": ["deviceId": "d"], "time": "2026-01-01T00:00:00.000Z"],
            ]
        ]
        let lines = GetCommand.staleness(AgentPath(path), root)
        let since = WallClock.timeOfDay(1_767_225_600_000)
        let line = "partyline: mute was not confirmed since \(since): partylined was restarted in between"
        #expect(lines == Array(repeating: line, count: count))
    }

    @Test("strings are printed without quotes, the rest as JSON, indented on a terminal")
    func text() {
        #expect(GetCommand.text("a\"b", asJSON: false, isTerminal: true) == "a\"b")
        #expect(GetCommand.text("a\"b", asJSON: true, isTerminal: true) == #""a\"b""#)
        #expect(GetCommand.text(.int(3), asJSON: false, isTerminal: true) == "3")
        #expect(GetCommand.text(["a": [1, []]], asJSON: false, isTerminal: false) == #"{"a":[1,[]]}"#)
        let indented = "{\n  \"a\": [\n    1,\n    []\n  ]\n}"
        #expect(GetCommand.text(["a": [1, []]], asJSON: false, isTerminal: true) == indented)
    }
}
