// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// The JSON form of a type: one declaration that encodes, decodes and describes it for the schema.
struct JSONForm<Value>: Sendable {
    let shape: JSONShape
    let encode: @Sendable (Value) -> JSON
    /// Decodes a value. The path is for errors.
    let decode: @Sendable (JSON, String) throws(JSONFormFault) -> Value
}

/// The shape of a JSON value. The protocol's schema is generated from it.
public indirect enum JSONShape: Equatable, Sendable {
    case text
    case boolean
    case integer
    /// RFC 3339 with milliseconds and Z.
    case instant
    /// An opaque position in the event log.
    case clock
    /// One of these texts.
    case choice([String])
    case list(JSONShape)
    /// An object; unknown members are ignored.
    case object([Member])
    case nullable(JSONShape)

    public struct Member: Equatable, Sendable {
        public let name: String
        public let shape: JSONShape
        /// False if it may be absent.
        public let isRequired: Bool
    }

    fileprivate var expectation: String {
        switch self {
        case .text, .clock: "text"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .instant: "an instant such as 2025-01-01T12:00:00.000Z"
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .list: "an array"
        case .object: "an object"
        case .nullable(let shape): "\(shape.expectation), or null"
        }
    }
}

/// A JSON value that does not have the expected form.
public struct JSONFormFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path and the problem: `status.link.state has to be one of idle, up, down`.
    public let description: String

    fileprivate static func wrong(_ path: String, _ shape: JSONShape) -> JSONFormFault {
        JSONFormFault(description: "\(path) has to be \(shape.expectation)")
    }
}

extension JSONForm {
    private init(
        _ shape: JSONShape, encode: @escaping @Sendable (Value) -> JSON, read: @escaping @Sendable (JSON) -> Value?
    ) {
        self.init(shape: shape, encode: encode) { json, path throws(JSONFormFault) in
            guard let value = read(json) else { throw .wrong(path, shape) }
            return value
        }
    }

    static var text: JSONForm<String> { .init(.text, encode: { .string($0) }, read: \.string) }

    static var clock: JSONForm<String> { .init(.clock, encode: { .string($0) }, read: \.string) }

    static var boolean: JSONForm<Bool> { .init(.boolean, encode: { .bool($0) }, read: \.bool) }
    static var integer: JSONForm<Int> { .init(.integer, encode: { .int($0) }, read: \.int) }

    /// Milliseconds since 1970.
    static var instant: JSONForm<Int64> {
        .init(.instant, encode: { .string(Timestamp.text(milliseconds: $0)) }) {
            $0.string.flatMap(Timestamp.milliseconds)
        }
    }

    static func choice() -> JSONForm where Value: RawRepresentable<String> & CaseIterable & Sendable {
        .init(.choice(Value.allCases.map(\.rawValue)), encode: { .string($0.rawValue) }) {
            $0.string.flatMap(Value.init(rawValue:))
        }
    }

    static func list<Element>(_ element: JSONForm<Element>) -> JSONForm where Value == [Element] {
        let shape = JSONShape.list(element.shape)
        return .init(shape: shape, encode: { .array($0.map(element.encode)) }) { json, path throws(JSONFormFault) in
            guard let elements = json.array else { throw .wrong(path, shape) }
            var list: Value = []
            for (index, json) in elements.enumerated() { list.append(try element.decode(json, "\(path)[\(index)]")) }
            return list
        }
    }

    static func nullable<Wrapped>(_ form: JSONForm<Wrapped>) -> JSONForm where Value == Wrapped? {
        .init(shape: .nullable(form.shape), encode: { $0.map(form.encode) ?? .null }) {
            json, path throws(JSONFormFault) in
            json.isNull ? nil : try form.decode(json, path)
        }
    }

    /// An object with these members, in this order.
    static func object<each Member>(
        _ make: @escaping @Sendable (repeat each Member) -> Value, _ members: repeat JSONMember<Value, each Member>
    ) -> JSONForm {
        var shapes: [JSONShape.Member] = []
        for member in repeat each members { shapes.append(member.shape) }
        let (shape, count) = (JSONShape.object(shapes), shapes.count)
        return .init(
            shape: shape,
            encode: { value in
                var list: [(name: String, value: JSON)] = []
                list.reserveCapacity(count)
                for member in repeat each members {
                    if let json = member.encode(value) { list.append((member.shape.name, json)) }
                }
                return .object(JSONObject(distinct: list))
            },
            decode: { json, path throws(JSONFormFault) in
                guard let object = json.object else { throw .wrong(path, shape) }
                return make(repeat try (each members).decode(object, path))
            })
    }
}

/// A member of an object's form.
struct JSONMember<Part, Value>: Sendable {
    let shape: JSONShape.Member
    /// Nil if the member is omitted.
    let encode: @Sendable (Part) -> JSON?
    let decode: @Sendable (JSONObject, String) throws(JSONFormFault) -> Value

    /// A member that is always present.
    static func required(
        _ name: String, _ path: any KeyPath<Part, Value> & Sendable, _ form: JSONForm<Value>
    ) -> JSONMember {
        .init(
            shape: .init(name: name, shape: form.shape, isRequired: true), encode: { form.encode($0[keyPath: path]) },
            decode: { object, place throws(JSONFormFault) in
                guard let json = object[name] else { throw JSONFormFault(description: "\(place).\(name) is missing") }
                return try form.decode(json, "\(place).\(name)")
            })
    }

    /// A member that is omitted if it has no value.
    static func optional<Wrapped>(
        _ name: String, _ path: any KeyPath<Part, Value> & Sendable, _ form: JSONForm<Wrapped>
    ) -> JSONMember where Value == Wrapped? {
        .init(
            shape: .init(name: name, shape: form.shape, isRequired: false),
            encode: { $0[keyPath: path].map(form.encode) },
            decode: { object, place throws(JSONFormFault) in
                try object[name].map { json throws(JSONFormFault) in try form.decode(json, "\(place).\(name)") }
            })
    }
}
