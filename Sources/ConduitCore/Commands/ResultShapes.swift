// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The results of the methods of `partyline::request`.
enum ResultShape {
    static let clock = Shape.named("Clock", .name(upTo: 256), "Opaque: only for passing back as `since`.")
    static let instant = Shape.named("Instant", .instant, "RFC 3339 with milliseconds and Z.")

    static let subscribe = Shape.object([
        .required("clock", clock, "The port's position: every matching event after it will be sent."),
        .required(
            "fresh", .boolean,
            "False: resumed after since. True: discard your state and start from the snapshot."),
        .optional("snapshot", AgentShape.agent, "If fresh is true and the agent is known."),
        .optional("asOf", instant, "When the daemon received the agent's newest snapshot."),
        .optional("ageMs", .integer),
        .optional("stale", .boolean, "True if the agent's data may not be current."),
        .optional("seat", seat, "If a state is known; not for presence."),
        .optional(
            "unseen", .list(.text), "Patterns that match no event that this port's role may see."),
    ])

    static let author = Shape.named(
        "Author", .object([.required("port", .text), .optional("program", .text)]), "The client that caused it.")

    static let seat = Shape.named(
        "Seat",
        .object(
            SeatPart.allCases.map { part in
                .optional(
                    part.rawValue,
                    .object([
                        .required("event", .text), .required("data", .anything), .required("time", instant),
                        .optional("by", author),
                        .optional("stale", .boolean, "True if it was said before the daemon was restarted."),
                    ]), "The newest \(part.event).")
            }), "States that pass by as events.")

    static let agent = Shape.object([
        .required("clock", clock), .required("asOf", instant, "When the daemon received the snapshot."),
        .required("ageMs", .integer), .optional("stale", .boolean), .required("agent", AgentShape.agent),
    ])

    static let sync = Shape.object([
        .required("clock", clock), .optional("asOf", instant), .optional("ageMs", .integer),
        .optional("stale", .boolean),
    ])

    static let call = Shape.object([
        .required("status", .choice(["accepted", "confirmed"])),
        .optional("data", .anything, "The service's response."), .required("clock", clock),
        .optional("contactId", .text, "Confirmed createOutboundContact: the new contact."),
    ])

    static let status = Shape(DaemonStatus.shape)

    static let description = Shape.object([
        .required("protocol", .integer), .required("version", .text), .required("capabilities", .list(.text)),
        .required("roles", .list(.object([]))), .required("methods", .list(.object([]))),
        .required("clientEvents", .list(.object([]))), .required("daemonEvents", .list(.object([]))),
        .required("errors", .list(.object([]))),
        .required(
            "operations", .list(.object([])),
            "The service's operations, for call and api_request: name, parameters, an example of call."),
        .required("$defs", .map(.anything), "The shapes that the others refer to, as JSON Schema."),
    ])

    static let error = Shape.named(
        "Error",
        .object([
            .required("code", .choice(ProtocolError.Code.allCases.map(\.rawValue))),
            .required("message", .text, "What happened."),
            .optional("hint", .text, "What to do about it."),
            .required("retryable", .boolean, "True if the same request may succeed later."),
            .optional("retryAfterMs", .integer, "How long to wait before the retry, in milliseconds."),
        ]), "An error, and what to do about it.")
}

extension Shape {
    /// Converts a shape of the status into one of the command table.
    fileprivate init(_ shape: JSONShape) {
        self =
            switch shape {
            case .text: .text
            case .boolean: .boolean
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
