import StreamsProtocol

/// What the methods of `partyline::request` answer.
enum ResultShape {
    static let clock = Shape.named("Clock", .name(upTo: 256), "Opaque: good for being handed back as `since`.")
    static let instant = Shape.named("Instant", .instant, "RFC 3339 with milliseconds and Z.")

    static let subscribe = Shape.object([
        .required("clock", clock, "Where the port stands: everything after it will be sent."),
        .required(
            "fresh", .boolean,
            "False where since was honoured; true: forget what you knew, and begin with the snapshot."),
        .optional("snapshot", AgentShape.agent, "With fresh, once the agent is known."),
    ])

    static let agent = Shape.object([
        .required("clock", clock), .required("asOf", instant, "When the service took the snapshot, by this clock."),
        .required("ageMs", .integer), .required("agent", AgentShape.agent),
    ])

    static let sync = Shape.object([
        .required("clock", clock), .optional("asOf", instant), .optional("ageMs", .integer),
    ])

    static let call = Shape.object([
        .required("status", .choice(["accepted", "confirmed"])),
        .optional("data", .anything, "What the service answered."), .required("clock", clock),
    ])

    static let status = Shape(DaemonStatus.shape)

    static let description = Shape.object([
        .required("protocol", .integer), .required("version", .text), .required("capabilities", .list(.text)),
        .required("roles", .list(.object([]))), .required("methods", .list(.object([]))),
        .required("clientEvents", .list(.object([]))), .required("daemonEvents", .list(.object([]))),
        .required("errors", .list(.object([]))),
        .required("$defs", .map(.anything), "The forms that the others refer to, as JSON Schema."),
    ])

    static let error = Shape.named(
        "Error",
        .object([
            .required("code", .choice(ProtocolError.Code.allCases.map(\.rawValue))),
            .required("message", .text, "What happened."),
            .optional("hint", .text, "What to do about it."),
            .required("retryable", .boolean, "True if the same thing may succeed later."),
            .optional("retryAfterMs", .integer, "How long to wait before that."),
        ]), "What went wrong, and what to do about it.")
}

extension Shape {
    /// The same in the words of the command table.
    fileprivate init(_ shape: JSONShape) {
        self =
            switch shape {
            case .text: .text
            case .integer: .integer
            case .instant: ResultShape.instant
            case .clock: ResultShape.clock
            case .choice(let words): .choice(words)
            case .list(let element): .list(Shape(element))
            case .object(let members): .object(members.map(Member.init))
            case .nullable(let shape): .nullable(Shape(shape))
            }
    }
}

extension Member {
    fileprivate init(_ member: JSONShape.Member) {
        self.init(name: member.name, shape: Shape(member.shape), isRequired: member.isRequired, summary: "")
    }
}
