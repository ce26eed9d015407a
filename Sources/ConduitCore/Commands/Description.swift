// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Conduit {
    /// `describe`: replies with the command table and the service's operations.
    mutating func describe(_ request: Request) {
        var description = CommandTable.description
        description["operations"] = settings.operations
        respond(request.port, request.id, .data(.object(description)))
    }
}

extension CommandTable {
    /// The reply to `describe` but for the service's operations. Shapes are JSON Schema; their references are in `$defs`.
    static let description = JSONObject([
        ("protocol", .int(Partyline.protocolVersion)), ("version", .string(Partyline.version)),
        ("capabilities", .array(capabilities.map { .string($0) })),
        ("roles", .array(Role.allCases.map(\.description))),
        ("methods", .array(RequestMethod.all.map(\.description))),
        ("clientEvents", .array(ClientEvent.all.map(\.description))),
        ("daemonEvents", .array(DaemonEvent.all.map(\.description))),
        ("errors", .array(ProtocolError.Code.allCases.map(\.description))), ("$defs", .object(forms)),
    ])

    /// The schemas of all named shapes: those of the methods first, then those of the events.
    static let forms: JSONObject = {
        let messages = ClientEvent.all.compactMap(\.data.shape) + DaemonEvent.all.compactMap(\.data.shape)
        let methods = RequestMethod.all.flatMap { $0.parameters.map(\.shape) + [$0.result] }
        return JSONObject((methods + messages).flatMap(\.definitions).map { ($0.name, $0.schema) })
    }()
}

extension Role {
    fileprivate var description: JSON { ["name": .string(rawValue), "summary": .string(summary)] }
}

extension ProtocolError.Code {
    fileprivate var description: JSON { ["code": .string(rawValue), "meaning": .string(meaning)] }
}

extension RequestMethod {
    fileprivate var description: JSON {
        [
            "name": .string(name), "role": .string(role.rawValue), "summary": .string(summary),
            "parameters": .array(parameters.map(\.description)), "result": result.schema, "example": exampleLine,
        ]
    }
}

extension Member {
    fileprivate var description: JSON {
        var object = JSONObject([
            ("name", .string(name)), ("required", .bool(isRequired)), ("schema", shape.schema),
        ])
        object["default"] = fallback
        object["summary"] = summary.isEmpty ? nil : .string(summary)
        return .object(object)
    }
}

extension ClientEvent {
    fileprivate var description: JSON {
        var object = JSONObject([
            ("name", .string(name)), ("role", .string(role.rawValue)), ("summary", .string(summary)),
        ])
        object["data"] = data.shape?.schema
        object["example"] = exampleLine
        return .object(object)
    }

    /// A complete example line.
    var exampleLine: JSON {
        var line = JSONObject([("event", .string(name))])
        line["data"] = example
        return .object(line)
    }
}

extension DaemonEvent {
    fileprivate var description: JSON {
        var object = JSONObject([
            ("name", .string(name)), ("role", .string(role.rawValue)), ("to", .string(audience.rawValue)),
            ("summary", .string(summary)), ("superseded", .bool(isSuperseded)),
        ])
        object["data"] = data.shape?.schema
        object["example"] = exampleLine
        return .object(object)
    }

    /// A complete example line.
    var exampleLine: JSON? {
        let members = example?.object?.members.map { ($0.name, $0.value) }
        return members.map { .object(JSONObject([("event", .string(name))] + $0)) }
    }
}
