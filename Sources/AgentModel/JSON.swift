// SPDX-License-Identifier: Apache-2.0

/// A JSON value that preserves the order of members and the text of numbers.
///
/// It is part of the lowest module because the agent's data is open: a snapshot may contain members and enumeration values
/// that this version does not know, and clients must receive them unchanged. `StreamsProtocol` parses and encodes JSON text.
public enum JSON: Equatable, Sendable {
    /// JSON's `null`, which is different from an absent member.
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

/// A number as its literal: `9007199254740993` and `1e400` pass through unchanged.
public struct JSONNumber: Equatable, Sendable {
    /// Always valid JSON.
    public let literal: String

    public init(_ value: Int) { literal = String(value) }

    /// JSON cannot represent infinities and NaN: they become `0`.
    public init(_ value: Double) {
        guard value.isFinite else {
            literal = "0"
            return
        }
        let whole = Int(exactly: value)
        literal = whole.map { String($0) } ?? "\(value)"
    }

    /// - Parameter literal: must be valid according to JSON's grammar.
    public init(checked literal: String) { self.literal = literal }

    /// The value, if it is a whole number in the range of `Int`.
    public var int: Int? { Int(literal) ?? Double(literal).flatMap { Int(exactly: $0) } }

    /// The nearest `Double`; infinite if the literal is out of range.
    public var double: Double { Double(literal) ?? .infinity }
}

extension JSON {
    public static func int(_ value: Int) -> JSON { .number(JSONNumber(value)) }

    public static func double(_ value: Double) -> JSON { .number(JSONNumber(value)) }

    /// The text, if this is a string.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The Boolean, if this is one.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The integer, if this is a number without a fraction.
    public var int: Int? {
        guard case .number(let value) = self else { return nil }
        return value.int
    }

    /// The number, if this is one.
    public var double: Double? {
        guard case .number(let value) = self else { return nil }
        return value.double
    }

    /// The elements, if this is an array.
    public var array: [JSON]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The members, if this is an object.
    public var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    public var isNull: Bool { self == .null }

    /// A member, if this is an object.
    public subscript(_ name: String) -> JSON? { object?[name] }

    /// Truthiness as in JavaScript: the Streams library tests flags and tokens this way.
    public var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .number(let value): value.double != 0
        case .string(let value): !value.isEmpty
        case .array, .object: true
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}
