import AgentModel

/// The form of a JSON value, written down once: by it parameters are checked and explained, and from it the JSON Schema
/// is written. Objects are open: a member that no shape names is never a fault.
indirect enum Shape: Equatable, Sendable {
    case anything
    case null
    case boolean
    /// A whole number, within bounds if there are any.
    case integer(ClosedRange<Int>?)
    case text
    /// Text that is not empty and has at most so many characters.
    case name(upTo: Int)
    /// RFC 3339 with milliseconds and Z.
    case instant
    /// This text and no other.
    case constant(String)
    /// One of these texts.
    case choice([String])
    /// A word of an enumeration of the service, which may grow: these are known.
    case word([String])
    /// What `subscribe` takes: an event's name with `*` for a part.
    case eventPattern
    /// A level of the daemon's log, in our words or in Streams'.
    case logLevel
    /// What a client calls its request.
    case requestId
    /// An array of as many elements.
    case list(Shape, ClosedRange<Int>?)
    case object([Member])
    /// An object whose members, whatever their names, have this form.
    case map(Shape)
    case nullable(Shape)
    case either([Shape])
    /// A form that has a name of its own in the schema, and what it is.
    case named(String, Shape, String)

    static let integer = Shape.integer(nil)

    static func list(_ element: Shape) -> Shape { .list(element, nil) }

    /// The service leaves text out or sends null, as it likes.
    static let serviceText = Shape.nullable(.text)
}

/// A member of an object, or a parameter of a method.
struct Member: Equatable, Sendable {
    let name: String
    let shape: Shape
    let isRequired: Bool
    let summary: String
    /// What counts where it is not given.
    var fallback: JSON?
    /// The word under which a client may ask whether there is this parameter: `since` of `subscribe.since`.
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

/// Whether a message has data, and of which form.
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
