public import AgentModel

/// What `getStatus` answers: where the daemon, its session and its ports stand. It holds no secrets.
///
/// Instants are milliseconds since 1970 here and RFC 3339 in JSON. The order of the members is the order in JSON.
public struct DaemonStatus: Equatable, Sendable {
    public var daemon: Daemon
    public var session: Session
    public var auth: Auth
    /// The way to the service, as the long poll sees it.
    public var link: Link
    public var webSocket: WebSocket
    /// The agent; nil until snapshot and configuration are there.
    public var agent: Agent?
    /// What is kept for a restart.
    public var state: Keeping
    /// The connections of clients.
    public var ports: Ports
    public var eventLog: EventLog
    /// What replies and requests the ports hold.
    public var ledger: Ledger
    /// What has happened since the daemon started.
    public var counters: Counts<Counter>
    /// The limits that hold.
    public var limits: Counts<Limit>

    public init(
        daemon: Daemon, session: Session, auth: Auth, link: Link, webSocket: WebSocket, agent: Agent?, state: Keeping,
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

    /// Reads what a daemon answered. Members that it does not know are ignored; anything else that does not fit is a
    /// fault that names its place.
    public init(_ json: JSON) throws(JSONFormFault) { self = try Self.form.decode(json, "status") }

    /// As `getStatus` answers it.
    public var json: JSON { Self.form.encode(self) }

    /// What the schema says of it.
    public static var shape: JSONShape { form.shape }

    private static let form = JSONForm<Self>.object(
        Self.init, .required("daemon", \.daemon, Daemon.form), .required("session", \.session, Session.form),
        .required("auth", \.auth, Auth.form), .required("link", \.link, Link.form),
        .required("webSocket", \.webSocket, WebSocket.form),
        .required("agent", \.agent, .nullable(Agent.form)), .required("state", \.state, Keeping.form),
        .required("ports", \.ports, Ports.form), .required("eventLog", \.eventLog, EventLog.form),
        .required("ledger", \.ledger, Ledger.form), .required("counters", \.counters, Counts.form),
        .required("limits", \.limits, Counts.form))
}
