// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The single definition of the socket protocol. Dispatch, the checks of roles and parameters, `describe`, the
/// capabilities and Documentation/protocol.schema.json all come from this table.
///
/// Its rows are in the files beside this one: `ClientEvents`, `RequestMethods`, `DaemonEvents`.
enum CommandTable {
    /// The messages that clients can send, by name.
    static let events = Dictionary(ClientEvent.all.map { ($0.name, $0) }) { first, _ in first }
    /// The methods of `partyline::request`, by name.
    static let methods = Dictionary(RequestMethod.all.map { ($0.name, $0) }) { first, _ in first }
    /// The events that the daemon sends, by name.
    static let daemonEvents = Dictionary(DaemonEvent.all.map { ($0.name, $0) }) { first, _ in first }

    static func unknownMethod(_ name: String?) -> ProtocolError {
        let near = name.flatMap { NearestWord.of($0, among: RequestMethod.all.map(\.name)) }
        // Unicode scalars, because a single character can be as long as a line.
        let shown = name.map { String($0.unicodeScalars.prefix(64)) } ?? "none"
        return ProtocolError(
            .unknownMethod, "no such method: \(shown)",
            hint: (near.map { "did you mean \($0)? " } ?? "")
                + "the methods are \(methods.keys.sorted().joined(separator: ", "))")
    }

    /// True if a port of this role may receive an event. Does not cover broadcasts: the caller must hide every
    /// broadcast from `presence`, whatever its name.
    static func isVisible(_ event: String, to role: Role) -> Bool {
        if role >= .observer { return true }
        return daemonEvents[event].map { $0.role == .presence } ?? event.hasPrefix("partyline::")
    }

    /// True if a port of this role may receive an event that the pattern matches.
    static func canMatch(_ pattern: EventPattern, for role: Role) -> Bool {
        role >= .observer
            || daemonEvents.keys.contains { isVisible($0, to: role) && pattern.matches($0, contactId: nil) }
    }

    /// The capabilities in the `acknowledge`. Clients test these instead of the version.
    static let capabilities = RequestMethod.all.flatMap { method in
        [method.name] + method.parameters.compactMap(\.capability).map { "\(method.name).\($0)" }
    }
}

/// A message that clients can send.
final class ClientEvent: Sendable {
    typealias Handler = @Sendable (inout Conduit, Port, RawJSON?) throws(ProtocolError) -> Void

    let name: String
    /// The lowest role that may send it.
    let role: Role
    let summary: String
    /// The expected data. `handle` drops or refuses data of another form, as Streams does.
    let data: Payload
    let example: JSON?
    let handle: Handler
    /// True if the dispatcher applies the rate limit. False for broadcasts, which are the purpose of the daemon and are
    /// bounded by the event log; and for requests, whose handlers apply it, because they can reply.
    let isPaced: Bool

    init(
        _ name: String, _ role: Role, _ summary: String, data: Payload = .none, example: JSON? = nil,
        handle: @escaping Handler
    ) {
        self.name = name
        self.role = role
        self.summary = summary
        self.data = data
        self.example = example
        self.handle = handle
        isPaced =
            ![EventName.broadcast, EventName.close, EventName.apiRequest, EventName.request].contains(name)
    }
}

/// An event that the daemon sends.
struct DaemonEvent: Sendable {
    enum Audience: String, CaseIterable {
        /// One port: the line is a reply or concerns that port. It has no clock.
        case port
        /// Every port. A subscriber's line ends with clock and time.
        case everyone
        /// Only subscribers. The line always ends with clock and time.
        case subscribers
    }

    let name: String
    /// The lowest role that receives it.
    let role: Role
    let audience: Audience
    let summary: String
    let data: Payload
    /// True if only the newest counts, so it cannot be resumed.
    let isSuperseded: Bool
    /// The members of an example line but `event`: `data`, and a subscriber's `clock`, `time` and marks.
    let example: JSON?

    static let all: [DaemonEvent] = streams + partyline + derived

    init(
        _ name: String, to audience: Audience, for role: Role = .observer, _ summary: String, data: Payload = .none,
        isSuperseded: Bool = false, example: JSON? = nil
    ) {
        self.name = name
        self.role = role
        self.audience = audience
        self.summary = summary
        self.data = data
        self.isSuperseded = isSuperseded
        self.example = example
    }
}
