// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("describe")
struct CommandTableDescriptionTests {
    private let description = JSON.object(CommandTable.description)

    private func names(_ member: String, _ key: String = "name") -> [String] {
        (description[member]?.array ?? []).compactMap { $0[key]?.string }
    }

    @Test("contains every method, event, role, error code and capability of the table")
    func complete() {
        #expect(names("methods") == RequestMethod.all.map(\.name))
        #expect(names("clientEvents") == ClientEvent.all.map(\.name))
        #expect(names("daemonEvents") == DaemonEvent.all.map(\.name))
        #expect(names("roles") == Role.allCases.map(\.rawValue))
        #expect(names("errors", "code") == ProtocolError.Code.allCases.map(\.rawValue))
        #expect(description["capabilities"]?.array?.compactMap(\.string) == CommandTable.capabilities)
        #expect(description["protocol"] == .int(Partyline.protocolVersion))
        #expect(description["version"] == .string(Partyline.version))
    }

    @Test("every entry has a summary")
    func summaries() {
        for member in ["methods", "clientEvents", "daemonEvents", "roles"] {
            for entry in description[member]?.array ?? [] {
                #expect(entry["summary"]?.string?.isEmpty == false, "\(entry.text)")
            }
        }
        for entry in description["errors"]?.array ?? [] { #expect(entry["meaning"]?.string?.isEmpty == false) }
    }

    @Test("a method has its parameters with shapes and defaults, its result and an example")
    func method() {
        let sync = description["methods"]?.array?.first { $0["name"] == "sync" }
        #expect(
            sync == [
                "name": "sync", "role": "observer", "summary": .string(CommandTable.methods["sync"]?.summary ?? ""),
                "parameters": [
                    [
                        "name": "deadlineMs", "required": false,
                        "schema": ["type": "integer", "minimum": 1, "maximum": 600_000], "default": 15_000,
                        "summary": "Milliseconds until timeout.",
                    ]
                ],
                "result": ["$ref": "#/$defs/SyncResult"],
                "example": [
                    "event": "partyline::request",
                    "data": ["requestId": 1, "method": "sync", "params": ["deadlineMs": 5000]],
                ],
            ])
    }

    @Test("every $ref has a definition, and every definition is used")
    func references() {
        let referred = description.references
        #expect(!referred.isEmpty)
        let defined = Set((description["$defs"]?.object?.names ?? []).map { "#/$defs/\($0)" })
        #expect(referred.subtracting(defined).isEmpty)
        #expect(defined.subtracting(referred).isEmpty, "unused definitions")
    }

    @Test("is answered for every role, in the shape that it declares", arguments: Role.allCases)
    func answered(role: Role) throws {
        let harness = ConduitHarness()
        let port = harness.port(1, role: role)
        harness.send(port, #"{"event":"partyline::request","data":{"requestId":"d","method":"describe"}}"#)
        let line = try JSON(parsing: try #require(harness.read(port).first))
        #expect(line["event"] == "partyline::response")
        var whole = CommandTable.description
        whole["operations"] = []
        #expect(line["data"] == ["requestId": "d", "data": .object(whole), "err": .null])
        #expect(ResultShape.description.fault(in: .object(whole), at: "data") == nil)
    }
}

extension JSON {
    /// All targets of `$ref`.
    var references: Set<String> {
        switch self {
        case .array(let elements): Set(elements.flatMap(\.references))
        case .object(let object):
            Set(
                object.members.flatMap { member in
                    member.name == "$ref" ? Set([member.value.string ?? ""]) : member.value.references
                })
        default: []
        }
    }
}
