// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Shape {
    /// The shape as JSON Schema (draft 2020-12). Named shapes are references to `$defs`.
    var schema: JSON {
        switch self {
        case .anything: [:]
        case .null: ["type": "null"]
        case .boolean: ["type": "boolean"]
        case .integer(nil): ["type": "integer"]
        case .integer(let range?):
            ["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)]
        case .list(let element, let count): Self.schema(ofList: element, count)
        case .object(let members): Self.schema(ofObject: members)
        case .map(let shape): ["type": "object", "additionalProperties": shape.schema]
        case .nullable(let shape): Self.schema(ofNullable: shape)
        case .either(let shapes): ["anyOf": .array(shapes.map(\.schema))]
        case .named(let name, _, _): Self.reference(name)
        case .requestId: ["type": ["string", "number"]]
        case .text: ["type": "string"]
        case .name(let limit): ["type": "string", "minLength": 1, "maxLength": .int(limit)]
        case .instant: ["type": "string", "format": "date-time"]
        case .constant(let word): ["const": .string(word)]
        case .choice(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .word(let words): ["type": "string", "examples": .array(words.map { .string($0) })]
        case .eventPattern:
            [
                "type": "string", "minLength": 1, "maxLength": .int(EventPattern.longest),
                "pattern": .string(Self.pattern),
            ]
        case .logLevel: ["type": "string", "enum": .array(LogLevel.clientNames.map { .string($0) })]
        }
    }

    static func reference(_ name: String) -> JSON { ["$ref": .string("#/$defs/\(name)")] }

    /// Parts separated by `::`, each a name or `*`. After `contact::…::` comes a contact id, which can be any text.
    private static let pattern =
        #"^(\*|[^*:]+(:[^*:]+)*)(::(\*|[^*:]+(:[^*:]+)*))*$|^contact::(\*|[^*:]+)::.+$"#

    private static func schema(ofList element: Shape, _ count: ClosedRange<Int>?) -> JSON {
        var schema = JSONObject([("type", "array"), ("items", element.schema)])
        schema["minItems"] = count.map { .int($0.lowerBound) }
        schema["maxItems"] = count.map { .int($0.upperBound) }
        return .object(schema)
    }

    private static func schema(ofObject members: [Member]) -> JSON {
        var schema = JSONObject([("type", "object")])
        guard !members.isEmpty else { return .object(schema) }
        schema["properties"] = .object(JSONObject(members.map { ($0.name, $0.schema) }))
        let required = members.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    /// Adds null to a simple type: `{"type": ["string", "null"]}`. Anything else becomes an `anyOf`.
    private static func schema(ofNullable shape: Shape) -> JSON {
        guard var schema = shape.schema.object, let type = schema["type"]?.string, schema["enum"] == nil else {
            return ["anyOf": [shape.schema, ["type": "null"]]]
        }
        schema["type"] = [.string(type), "null"]
        return .object(schema)
    }

    /// The named shapes in this one, each before those that it contains.
    var definitions: [(name: String, schema: JSON)] {
        switch self {
        case .named(let name, let shape, let summary):
            [(name, shape.schema.described(summary))] + shape.definitions
        case .list(let shape, _), .map(let shape), .nullable(let shape): shape.definitions
        case .object(let members): members.flatMap(\.shape.definitions)
        case .either(let shapes): shapes.flatMap(\.definitions)
        case .anything, .null, .boolean, .integer, .text, .name, .instant, .constant, .choice, .word, .eventPattern,
            .logLevel, .requestId:
            []
        }
    }
}

extension Member {
    var schema: JSON {
        guard let fallback, var schema = shape.schema.object else { return shape.schema.described(summary) }
        schema["default"] = fallback
        return .object(schema).described(summary)
    }

    /// The member as a parameter of a method: an optional one may be null, because many languages encode it so.
    var asParameter: Member {
        guard !isRequired, !shape.accepts(.null) else { return self }
        return Member(
            name: name, shape: .nullable(shape), isRequired: false, summary: summary, fallback: fallback,
            capability: capability)
    }
}

extension JSON {
    func described(_ summary: String) -> JSON {
        guard !summary.isEmpty, let schema = object else { return self }
        return .object(JSONObject([("description", .string(summary))] + schema.members.map { ($0.name, $0.value) }))
    }
}
