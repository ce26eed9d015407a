/// A JSON value that keeps what it was given: the order of members, and numbers as they were written.
///
/// It stands at the very bottom of the house because the agent's data is open: a snapshot may carry members and
/// enumeration values that this version has never heard of, and they have to reach the client untouched. Reading and
/// writing text is the business of `StreamsProtocol`.
public enum JSON: Equatable, Sendable {
    /// JSON's `null`; an absent member is a missing entry of its object instead.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, with its text.
    case number(JSONNumber)
    /// A string of Unicode scalars.
    case string(String)
    case array([JSON])
    /// An object, members in the order they came.
    case object(JSONObject)
}

/// A number as it was written, so that `9007199254740993` or `1e400` pass through unharmed.
public struct JSONNumber: Equatable, Sendable {
    /// The literal; always valid JSON.
    public let literal: String

    public init(_ value: Int) { literal = String(value) }

    /// A number with a fraction. JSON has no word for infinities and NaN: they become `0`.
    public init(_ value: Double) {
        guard value.isFinite else {
            literal = "0"
            return
        }
        let whole = Int(exactly: value)
        literal = whole.map { String($0) } ?? "\(value)"
    }

    /// A literal that has been checked against JSON's grammar already.
    public init(checked literal: String) { self.literal = literal }

    /// The value as a whole number, if it is one that fits.
    public var int: Int? { Int(literal) ?? Double(literal).flatMap { Int(exactly: $0) } }

    /// The nearest `Double`; infinite where the literal is out of range.
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

    /// The truth value, if this is one.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The whole number, if this is a number without a fraction.
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

    /// True for `null` only.
    public var isNull: Bool { self == .null }

    /// A member of an object; nil for anything else.
    public subscript(_ name: String) -> JSON? { object?[name] }

    /// What JavaScript calls truthy: the test that the Streams library applies to flags and tokens.
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
    /// A truth value, written in place.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A whole number, written in place.
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}
