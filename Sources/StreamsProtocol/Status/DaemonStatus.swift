// SPDX-License-Identifier: Apache-2.0
public import AgentModel

/// The reply to `getStatus`: the state of the daemon, its session and its ports. It contains no secrets.
///
/// Instants are milliseconds since 1970 here and RFC 3339 in JSON. The order of the members is the order in JSON.
public struct DaemonStatus: Equatable, Sendable {
    public var daemon: Daemon
    public var session: Session
    public var auth: Auth
    /// The connection to the service, as seen by the long poll.
    public var link: Link
    public var webSocket: WebSocket
    /// Nil until snapshot and configuration have arrived.
    public var agent: Agent?
    public var state: Storage
    public var ports: Ports
    public var eventLog: EventLog
    public var ledger: Ledger
    /// Counted since the start of the daemon.
    public var counters: Counts<Counter>
    /// The limits in effect.
    public var limits: Counts<Limit>

    public init(
        daemon: Daemon, session: Session, auth: Auth, link: Link, webSocket: WebSocket, agent: Agent?, state: Storage,
        ports: Ports, eventLog: EventLog, ledger: Ledger, counters: Counts<Counter>, limits: Counts<Limit>
    ) {
        self.daemon = daemon
        self.session = session
        self.auth = auth
        self.link = link
        self.webSocket = webSocket
        self.agent = agent
        self.state = state
        self.ports = ports
        self.eventLog = eventLog
        self.ledger = ledger
        self.counters = counters
        self.limits = limits
    }

    /// Decodes a daemon's reply. Ignores unknown members; throws the path of the first member that is missing or invalid.
    public init(_ json: JSON) throws(JSONFormFault) { self = try Self.form.decode(json, "status") }

    public var json: JSON { Self.form.encode(self) }

    /// For the protocol's schema.
    public static var shape: JSONShape { form.shape }

    private static let form = JSONForm<Self>.object(
        Self.init, .required("daemon", \.daemon, Daemon.form), .required("session", \.session, Session.form),
        .required("auth", \.auth, Auth.form), .required("link", \.link, Link.form),
        .required("webSocket", \.webSocket, WebSocket.form),
        .required("agent", \.agent, .nullable(Agent.form)), .required("state", \.state, Storage.form),
        .required("ports", \.ports, Ports.form), .required("eventLog", \.eventLog, EventLog.form),
        .required("ledger", \.ledger, Ledger.form), .required("counters", \.counters, Counts.form),
        .required("limits", \.limits, Counts.form))
}
