// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Foundation
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The JSON Schema of the protocol")
struct ProtocolSchemaTests {
    private let definitions = ProtocolSchema.json["$defs"]?.object ?? JSONObject()

    @Test("Documentation/protocol.schema.json is current")
    func shipped() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Documentation/protocol.schema.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text == ProtocolSchema.text, "run: make schema")
        #expect(try JSON(parsing: text) == ProtocolSchema.json)
    }

    @Test("every event and method has a definition that ClientLine or DaemonEvent refers to")
    func complete() {
        let said = ClientEvent.all.filter { $0.name != EventName.request }
        #expect(consts("ClientLine", ["event"]).filter { $0 != EventName.request } == said.map(\.name))
        #expect(consts("ClientLine", ["data", "properties", "method"]) == RequestMethod.all.map(\.name))
        #expect(consts("DaemonEvent", ["event"]) == DaemonEvent.all.map(\.name))
        #expect(ProtocolSchema.json["anyOf"] == [["$ref": "#/$defs/ClientLine"], ["$ref": "#/$defs/DaemonLine"]])
        #expect(
            definitions["DaemonLine"]?["anyOf"] == [["$ref": "#/$defs/DaemonEvent"], ["$ref": "#/$defs/Broadcast"]])
    }

    /// The constant of the member at `path` in each alternative of `definition`, in order.
    private func consts(_ definition: String, _ path: [String]) -> [String] {
        (definitions[definition]?["anyOf"]?.array ?? []).compactMap { reference in
            let name = reference["$ref"]?.string?.split(separator: "/").last.map(String.init) ?? ""
            let properties = definitions[name]?["properties"]
            return path.reduce(properties) { $0?[$1] }?["const"]?.string
        }
    }

    @Test("every $ref has a definition, and every definition is used")
    func references() {
        let defined = Set(definitions.names.map { "#/$defs/\($0)" })
        #expect(ProtocolSchema.json.references == defined)
    }

    @Test("two shapes never share a name")
    func names() {
        let shapes =
            ClientEvent.all.compactMap(\.data.shape) + DaemonEvent.all.compactMap(\.data.shape)
            + RequestMethod.all.flatMap { $0.parameters.map(\.shape) + [$0.result] }
        for (name, schema) in shapes.flatMap(\.definitions) { #expect(definitions[name] == schema, "\(name)") }
    }

    @Test("clock and time: required in derived events, optional for Streams' events, absent in replies")
    func endings() {
        #expect(definitions["AgentInitEvent"]?["required"] == ["event", "data", "clock", "time"])
        #expect(definitions["TerminatedEvent"]?["required"] == ["event"])
        #expect(definitions["TerminatedEvent"]?["dependentRequired"] == ["clock": ["time"], "time": ["clock"]])
        #expect(definitions["PartylineResponseEvent"]?["properties"]?["clock"] == nil)
    }

    @Test("a broadcast may have any name that is not reserved")
    func broadcast() {
        let reserved = definitions["Broadcast"]?["properties"]?["event"]?["not"]?["anyOf"]
        let words = reserved?.array?.first?["enum"]?.array?.compactMap(\.string) ?? []
        #expect(Set(words) == ["acknowledge", "agent::update", "api_response", "master_response"])
        #expect(reserved?.array?.last == ["pattern": "^partyline::"])
        #expect(words.allSatisfy(EventName.isReserved))
    }

    @Test("optional parameters may be null, required ones may not")
    func nulls() {
        let params = definitions["SubscribeRequest"]?["properties"]?["data"]?["properties"]?["params"]?["properties"]
        #expect(params?["since"]?["type"] == ["string", "null"])
        #expect(params?["mode"]?["anyOf"] == [["type": "string", "enum": ["all", "latest"]], ["type": "null"]])
        #expect(params?["mode"]?["default"] == "all")
        #expect(params?["events"]?["type"] == "array")
        #expect(params?["events"]?["maxItems"] == 256)
    }
}
