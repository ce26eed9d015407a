// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// The shape of a JSON value. Parameters are checked and described by it, and the JSON Schema is generated from it.
/// Objects are open: an unknown member is never a fault.
indirect enum Shape: Equatable, Sendable {
    case anything
    case null
    case boolean
    /// A whole number, within the range if there is one.
    case integer(ClosedRange<Int>?)
    case text
    /// Text of 1 to `upTo` Unicode scalars.
    case name(upTo: Int)
    /// RFC 3339 with milliseconds and Z.
    case instant
    /// Exactly this text.
    case constant(String)
    /// One of these texts.
    case choice([String])
    /// A value of an enumeration of the service. These are known; any other text is valid too.
    case word([String])
    /// A pattern for `subscribe`: an event name with `*` for a part.
    case eventPattern
    /// A level of the daemon's log, by a name of the daemon or of Streams.
    case logLevel
    /// A client's id for its request: text or a number.
    case requestId
    /// An array; the range is that of its count, if it is limited.
    case list(Shape, ClosedRange<Int>?)
    case object([Member])
    /// An object with any member names, whose values all have this shape.
    case map(Shape)
    case nullable(Shape)
    case either([Shape])
    /// A shape with a name in the schema's `$defs`, and its description.
    case named(String, Shape, String)

    static let integer = Shape.integer(nil)

    static func list(_ element: Shape) -> Shape { .list(element, nil) }

    /// Text or null. The service sends null for a text, or omits it.
    static let serviceText = Shape.nullable(.text)
}

/// A member of an object, or a parameter of a method.
struct Member: Equatable, Sendable {
    let name: String
    let shape: Shape
    let isRequired: Bool
    let summary: String
    /// The value if the member is missing.
    var fallback: JSON?
    /// The parameter's part of a capability name: `since` in `subscribe.since`.
    var capability: String?

    static func required(_ name: String, _ shape: Shape, _ summary: String = "") -> Member {
        Member(name: name, shape: shape, isRequired: true, summary: summary)
    }

    static func optional(
        _ name: String, _ shape: Shape, _ summary: String = "", fallback: JSON? = nil, capability: String? = nil
    ) -> Member {
        Member(
            name: name, shape: shape, isRequired: false, summary: summary, fallback: fallback, capability: capability)
    }
}

/// Whether a message has data, and its shape.
enum Payload: Equatable, Sendable {
    case none
    case optional(Shape)
    case required(Shape)

    var shape: Shape? {
        switch self {
        case .none: nil
        case .optional(let shape), .required(let shape): shape
        }
    }

    var isRequired: Bool {
        if case .required = self { true } else { false }
    }
}
