import AgentModel
import StreamsProtocol

/// Everything that crosses the socket, once: from this table the daemon dispatches, checks roles and parameters, answers
/// `describe`, says its capabilities, and generates Documentation/protocol.schema.json.
///
/// Its rows are in the files beside this one: `ClientEvents`, `RequestMethods`, `DaemonEvents`.
enum CommandTable {
    /// What clients may say, by name.
    static let events = Dictionary(ClientEvent.all.map { ($0.name, $0) }) { first, _ in first }
    /// The methods of `partyline::request`, by name.
    static let methods = Dictionary(RequestMethod.all.map { ($0.name, $0) }) { first, _ in first }
    /// What the daemon says, by name.
    static let daemonEvents = Dictionary(DaemonEvent.all.map { ($0.name, $0) }) { first, _ in first }

    /// The error for a method that there is not.
    static func unknownMethod(_ name: String?) -> ProtocolError {
        let near = name.flatMap { NearestWord.of($0, among: RequestMethod.all.map(\.name)) }
        // Scalars, because a single character may be as long as a line.
        let shown = name.map { String($0.unicodeScalars.prefix(64)) } ?? "none"
        return ProtocolError(
            .unknownMethod, "no such method: \(shown)",
            hint: (near.map { "did you mean \($0)? " } ?? "")
                + "there are \(methods.keys.sorted().joined(separator: ", "))")
    }

    /// True if a port of that role may see an event. Broadcasts, whatever their names, are nothing for `presence`: who
    /// knows that a line is one has to say no by itself.
    static func isVisible(_ event: String, to role: Role) -> Bool {
        role >= .observer || event.hasPrefix("partyline::") || daemonEvents[event]?.role == .presence
    }

    /// What the daemon can do, for the acknowledge: a client asks for capabilities, not for versions.
    static let capabilities = RequestMethod.all.flatMap { method in
        [method.name] + method.parameters.compactMap(\.capability).map { "\(method.name).\($0)" }
    }
}

/// A message of a client.
final class ClientEvent: Sendable {
    typealias Handler = @Sendable (inout Conduit, Port, RawJSON?) throws(ProtocolError) -> Void

    let name: String
    /// The least role that may say it.
    let role: Role
    let summary: String
    /// What it should carry. As in Streams, what is of another form is dropped or refused by whoever handles it.
    let data: Payload
    /// Data as an example.
    let example: JSON?
    let handle: Handler
    /// False for broadcasts, which are what the line is for: who reads them bounds them. And for requests that are paced
    /// where they can be answered.
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

/// A line of the daemon.
struct DaemonEvent: Sendable {
    enum Audience: String, CaseIterable {
        /// The port that asked, or that it is about; such a line has no clock.
        case port
        /// Every port; for a subscriber it ends with clock and time.
        case everyone
        /// Subscribers alone: it is derived, and always ends with clock and time.
        case subscribers
    }

    let name: String
    /// The least role that sees it.
    let role: Role
    let audience: Audience
    let summary: String
    let data: Payload
    /// True where only the newest counts, so that it cannot be resumed.
    let isSuperseded: Bool

    static let all: [DaemonEvent] = streams + ours + derived

    init(
        _ name: String, to audience: Audience, for role: Role = .observer, _ summary: String, data: Payload = .none,
        isSuperseded: Bool = false
    ) {
        self.name = name
        self.role = role
        self.audience = audience
        self.summary = summary
        self.data = data
        self.isSuperseded = isSuperseded
    }
}
