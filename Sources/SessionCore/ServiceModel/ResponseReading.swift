// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Converts the service's responses to what Streams' clients expect. Timestamps become RFC 3339. A null structure, list, map
/// or timestamp is left out; a null string, number or boolean is kept. Members that are not in the shape are passed on
/// unchanged.
enum ResponseReading {
    static func read(_ value: JSON, as shape: Shape) -> JSON {
        switch shape {
        case .string, .boolean, .number: return value
        case .timestamp: return timestamp(value)
        case .list(let element):
            guard let elements = value.array else { return value }
            return .array(elements.map { read($0, as: element) })
        case .map(let element):
            guard let object = value.object else { return value }
            return .object(object.compactMapValues { $1.isNull ? nil : read($1, as: element) })
        case .structure(let members): return structure(value, members)
        }
    }

    private static func structure(_ value: JSON, _ members: [Shape.Member]) -> JSON {
        guard let object = value.object else { return value }
        return .object(
            object.compactMapValues { name, value in
                guard let shape = members.first(where: { $0.name == name })?.shape else { return value }
                if value.isNull, !shape.isScalar { return nil }
                return read(value, as: shape)
            })
    }

    private static func timestamp(_ value: JSON) -> JSON {
        guard let seconds = value.double else { return value }
        return .string(Timestamp.text(seconds: seconds))
    }
}

extension Shape {
    /// True if a null value is kept.
    fileprivate var isScalar: Bool {
        switch self {
        case .string, .boolean, .number: true
        case .timestamp, .list, .map, .structure: false
        }
    }
}
