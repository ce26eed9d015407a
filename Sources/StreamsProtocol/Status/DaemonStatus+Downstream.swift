extension DaemonStatus {
    /// The connections of clients.
    public struct Ports: Equatable, Sendable {
        /// How many there are.
        public var count: Int
        /// Each of them, by age.
        public var list: [Port]

        public init(count: Int, list: [Port]) {
            (self.count, self.list) = (count, list)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("count", \.count, .integer), .required("list", \.list, .list(Port.form)))
    }

    /// A connection of a client.
    public struct Port: Equatable, Sendable {
        /// What a port may be sent.
        public enum Dialect: String, CaseIterable, Sendable {
            /// What the worker of Streams sends.
            case streams
            /// What it has subscribed to.
            case subscriber
        }

        public var id: String
        public var pid: Int
        public var uid: Int
        public var program: String?
        /// What it may do.
        public var role: Role
        public var connectedAt: Int64
        /// Lines that were written to it.
        public var linesSent: Int
        /// Lines of the event log that it has not read.
        public var behind: Int
        /// Bytes of replies that it has not read.
        public var replyBytes: Int
        /// Requests under way.
        public var requests: Int
        /// What it is sent.
        public var dialect: Dialect
        /// The first of the patterns that it has subscribed to.
        public var events: [String]?
        /// How many patterns there are, if not all are shown.
        public var eventsInAll: Int?
        /// How it is sent what it has subscribed to.
        public var mode: SubscriptionMode?

        public init(
            id: String, pid: Int, uid: Int, program: String?, role: Role, connectedAt: Int64, linesSent: Int,
            behind: Int, replyBytes: Int, requests: Int, dialect: Dialect, events: [String]? = nil,
            eventsInAll: Int? = nil, mode: SubscriptionMode? = nil
        ) {
            self.id = id
            self.pid = pid
            self.uid = uid
            self.program = program
            self.role = role
            self.connectedAt = connectedAt
            self.linesSent = linesSent
            self.behind = behind
            self.replyBytes = replyBytes
            self.requests = requests
            self.dialect = dialect
            self.events = events
            self.eventsInAll = eventsInAll
            self.mode = mode
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("id", \.id, .text), .required("pid", \.pid, .integer),
            .required("uid", \.uid, .integer),
            .required("program", \.program, .nullable(.text)), .required("role", \.role, .choice()),
            .required("connectedAt", \.connectedAt, .instant), .required("linesSent", \.linesSent, .integer),
            .required("behind", \.behind, .integer), .required("replyBytes", \.replyBytes, .integer),
            .required("requests", \.requests, .integer), .required("dialect", \.dialect, .choice()),
            .optional("events", \.events, .list(.text)), .optional("eventsInAll", \.eventsInAll, .integer),
            .optional("mode", \.mode, .choice()))
    }

    public struct EventLog: Equatable, Sendable {
        /// The clock of the newest line.
        public var clock: String
        public var lines: Int
        /// Their bytes.
        public var bytes: Int
        /// The first place in it.
        public var first: Int
        /// The place of the next line.
        public var next: Int
        /// Everything after this clock is kept.
        public var oldest: String
        /// Bytes of the lines that supersede each other.
        public var supersededBytes: Int
        /// Former runs of the daemon whose clocks are known.
        public var formerRuns: Int

        public init(
            clock: String, lines: Int, bytes: Int, first: Int, next: Int, oldest: String, supersededBytes: Int,
            formerRuns: Int
        ) {
            self.clock = clock
            self.lines = lines
            self.bytes = bytes
            self.first = first
            self.next = next
            self.oldest = oldest
            self.supersededBytes = supersededBytes
            self.formerRuns = formerRuns
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("clock", \.clock, .clock), .required("lines", \.lines, .integer),
            .required("bytes", \.bytes, .integer), .required("first", \.first, .integer),
            .required("next", \.next, .integer), .required("oldest", \.oldest, .clock),
            .required("supersededBytes", \.supersededBytes, .integer), .required("formerRuns", \.formerRuns, .integer))
    }

    /// What the ports hold, by user.
    public struct Ledger: Equatable, Sendable {
        public var ports: Int
        /// Bytes of unread replies.
        public var replyBytes: Int
        /// Requests under way.
        public var requests: Int
        /// The users that have a port, by uid.
        public var users: [User]

        public init(ports: Int, replyBytes: Int, requests: Int, users: [User]) {
            (self.ports, self.replyBytes, self.requests, self.users) = (ports, replyBytes, requests, users)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("ports", \.ports, .integer), .required("replyBytes", \.replyBytes, .integer),
            .required("requests", \.requests, .integer), .required("users", \.users, .list(User.form)))
    }

    /// What the ports of a user hold.
    public struct User: Equatable, Sendable {
        public var uid: Int
        /// Programs that have a port.
        public var programs: Int
        public var ports: Int
        /// Bytes of unread replies.
        public var replyBytes: Int
        /// Requests under way.
        public var requests: Int

        public init(uid: Int, programs: Int, ports: Int, replyBytes: Int, requests: Int) {
            (self.uid, self.programs, self.ports, self.replyBytes, self.requests) =
                (uid, programs, ports, replyBytes, requests)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("uid", \.uid, .integer), .required("programs", \.programs, .integer),
            .required("ports", \.ports, .integer), .required("replyBytes", \.replyBytes, .integer),
            .required("requests", \.requests, .integer))
    }

    /// What is counted from the start of the daemon.
    public enum Counter: String, CaseIterable, Sendable {
        /// Connections that became ports.
        case connections
        /// Connections that were refused.
        case refusedConnections
        /// Lines that are no message.
        case badLines
        /// Messages of an unknown name.
        case unknownEvents
        /// `configure`s that were ignored.
        case ignoredConfigures
        /// Messages that the port's role does not permit.
        case refusedMessages
        /// Requests beyond a limit.
        case limitedRequests
        /// Ports that fell behind the event log.
        case lags
    }

    /// What is limited, by the last part of its key in the configuration.
    public enum Limit: String, CaseIterable, Sendable {
        /// Bytes of a line.
        case lineBytes
        /// Bad lines of a port.
        case badLines
        /// Bytes of the event log.
        case eventLogBytes
        /// Lines of the event log.
        case eventLogLines
        /// Bytes of the lines that supersede each other.
        case supersededBytes
        /// Bytes of unread replies of a port.
        case replyBytes
        /// The same of a program.
        case programReplyBytes
        /// The same of a user.
        case uidReplyBytes
        /// Requests under way of a port.
        case requests
        /// The same of a program.
        case programRequests
        /// The same of a user.
        case uidRequests
        /// Ports of a user.
        case uidPorts
        /// Ports of a program.
        case programPorts
        /// Requests a second of a port.
        case requestsPerSecond
        /// Requests at once of a port.
        case requestBurst
    }
}
