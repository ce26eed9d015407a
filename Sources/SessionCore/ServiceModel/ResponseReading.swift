import AgentModel
import StreamsProtocol

/// Turns what the service sent into what clients get: instants as RFC 3339, and nulls where Streams' clients are used to
/// them: a null structure, list, map or instant is left out, a null text, number or truth value stays. What the shape
/// does not know passes untouched.
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
    /// True for what stays in its place when it is null.
    fileprivate var isScalar: Bool {
        switch self {
        case .string, .boolean, .number: true
        case .timestamp, .list, .map, .structure: false
        }
    }
}
