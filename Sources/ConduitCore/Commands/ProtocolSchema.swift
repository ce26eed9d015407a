// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Documentation/protocol.schema.json: every line in both directions as JSON Schema (draft 2020-12), generated from the
/// command table.
///
/// `ClientLine` is what a client should send, `DaemonLine` everything that the daemon can send: one of its own events
/// (`DaemonEvent`), or a client's broadcast, which can have any data and any name that is not reserved for the daemon.
public enum ProtocolSchema {
    public static var text: String { json.prettyText(width: 120) + "\n" }

    static var json: JSON {
        let definitions = kinds + clientLines + daemonLines + CommandTable.forms.members.map { ($0.name, $0.value) }
        return .object(
            JSONObject([
                ("$schema", "https://json-schema.org/draft/2020-12/schema"),
                ("$id", .string("urn:partyline:protocol:\(Partyline.protocolVersion)")),
                ("title", .string("Partyline's socket protocol, version \(Partyline.protocolVersion)")),
                ("description", "One line, in either direction. Ignore members that are not listed here."),
                ("anyOf", [Shape.reference("ClientLine"), Shape.reference("DaemonLine")]),
                ("$defs", .object(JSONObject(definitions))),
            ]))
    }

    private static var kinds: [(String, JSON)] {
        [
            ("ClientLine", anyOf(clientLines.map(\.0), "A line of a client.")),
            ("DaemonLine", anyOf(["DaemonEvent", "Broadcast"], "A line of the daemon.")),
            ("DaemonEvent", anyOf(DaemonEvent.all.map(\.definition), "An event of the daemon, or a reply.")),
            ("Broadcast", broadcast),
        ]
    }

    private static func anyOf(_ names: [String], _ summary: String) -> JSON {
        ["description": .string(summary), "anyOf": .array(names.map(Shape.reference))]
    }

    // MARK: Lines of clients

    private static var clientLines: [(String, JSON)] {
        ClientEvent.all.filter { $0.name != EventName.request }.map { ($0.definition, line(of: $0)) }
            + RequestMethod.all.map { ($0.definition, line(of: $0)) }
    }

    private static func line(of event: ClientEvent) -> JSON {
        line(event.name, event.data, "\(event.summary) Role: \(event.role.rawValue).", example: event.exampleLine)
    }

    private static func line(of method: RequestMethod) -> JSON {
        let parameters = Shape.object(method.parameters.map(\.asParameter))
        let params: Member =
            method.parameters.contains(where: \.isRequired)
            ? .required("params", parameters) : .optional("params", .nullable(parameters))
        let data = Shape.object([
            .required("requestId", .requestId, "Returned in the reply."),
            .required("method", .constant(method.name)), params,
        ])
        return line(
            EventName.request, .required(data), "\(method.summary) Role: \(method.role.rawValue).",
            example: method.exampleLine)
    }

    // MARK: Lines of the daemon

    private static var daemonLines: [(String, JSON)] { DaemonEvent.all.map { ($0.definition, line(of: $0)) } }

    private static func line(of event: DaemonEvent) -> JSON {
        // A contact that was there already has neither clock nor time.
        let isTimed = event.audience == .subscribers && !event.name.hasPrefix("contact::")
        let members = event.audience == .port ? [] : ending(isRequired: isTimed) + marks(of: event)
        var schema =
            line(event.name, event.data, event.summary, ending: members, example: event.exampleLine).object
            ?? JSONObject()
        if event.audience != .port, !isTimed { schema["dependentRequired"] = ["clock": ["time"], "time": ["clock"]] }
        return .object(schema)
    }

    private static func marks(of event: DaemonEvent) -> [Member] {
        let marks: [Member] = [
            .optional("existing", .boolean, "True for what was so before the subscription."),
            .optional("stale", .boolean, "True if it was said before the daemon was restarted."),
        ]
        return event.audience == .subscribers ? [.optional("by", ResultShape.author)] + marks : marks
    }

    /// The members at the end of a subscriber's line.
    private static func ending(isRequired: Bool) -> [Member] {
        [("clock", ResultShape.clock), ("time", ResultShape.instant)].map {
            isRequired ? .required($0, $1) : .optional($0, $1)
        }
    }

    private static var broadcast: JSON {
        let reserved = DaemonEvent.all.map(\.name).filter { EventName.isReserved($0) && !$0.hasPrefix("partyline::") }
        let name: JSON = [
            "type": "string", "minLength": 1,
            "not": ["anyOf": [Shape.choice(reserved).schema, ["pattern": "^partyline::"]]],
        ]
        let from = Member.optional("from", .text, "The id of the port that broadcast it.")
        let form = Shape.object(
            [.optional("data", .anything)] + ending(isRequired: false) + [from] + [
                .optional("existing", .boolean), .optional("stale", .boolean),
            ])
        var schema = form.schema.object ?? JSONObject()
        let properties = schema["properties"]?.object?.members.map { ($0, $1) } ?? []
        schema["properties"] = .object(JSONObject([("event", name)] + properties))
        schema["required"] = ["event"]
        schema["dependentRequired"] = [
            "clock": ["time", "from"], "time": ["clock", "from"], "from": ["clock", "time"],
        ]
        return JSON.object(schema).described("A client's broadcast. A subscriber's line has the sender in from.")
    }

    // MARK: Any line

    private static func line(
        _ event: String, _ data: Payload, _ summary: String, ending: [Member] = [], example: JSON? = nil
    ) -> JSON {
        var members: [Member] = [.required("event", .constant(event))]
        if let shape = data.shape {
            members.append(data.isRequired ? .required("data", shape) : .optional("data", shape))
        }
        var schema = Shape.object(members + ending).schema.described(summary).object ?? JSONObject()
        schema["examples"] = example.map { [$0] }
        return .object(schema)
    }
}

extension ClientEvent {
    fileprivate var definition: String { DefinitionName.of(name) + "Message" }
}

extension RequestMethod {
    fileprivate var definition: String { DefinitionName.of(name) + "Request" }
}

extension DaemonEvent {
    fileprivate var definition: String { DefinitionName.of(name) + "Event" }
}

/// `agent::state_change` as `AgentStateChange`: a valid name in every language.
private enum DefinitionName {
    static func of(_ name: String) -> String {
        name.split { $0 == ":" || $0 == "_" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
