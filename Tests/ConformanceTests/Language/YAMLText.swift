// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Yams

/// Parses YAML as JSON. Plain scalars have JSON's types only: `no`, `on` and dates are strings.
enum YAMLText {
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    static func json(_ text: String) throws -> JSON {
        guard let root = try compose(yaml: text) else { return .null }
        return try value(root)
    }

    private static func value(_ node: Node) throws -> JSON {
        switch node {
        case .scalar(let scalar):
            scalar.style == .plain || scalar.style == .any ? plain(scalar.string) : .string(scalar.string)
        case .sequence(let sequence): .array(try sequence.map(value))
        case .mapping(let mapping):
            .object(
                JSONObject(
                    try mapping.map { name, value in
                        guard let word = name.scalar?.string else {
                            throw Unreadable(description: "a name has to be a word, not \(name)")
                        }
                        return (word, try Self.value(value))
                    }))
        case .alias(let alias): throw Unreadable(description: "an alias without its anchor: \(alias)")
        }
    }

    private static func plain(_ text: String) -> JSON {
        if text.isEmpty || text == "~" { return .null }
        switch try? JSON(parsing: text) {
        case .number(let number): return .number(number)
        case .bool(let truth): return .bool(truth)
        case .null: return .null
        default: return .string(text)
        }
    }
}
