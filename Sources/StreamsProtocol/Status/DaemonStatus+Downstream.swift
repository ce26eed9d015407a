// SPDX-License-Identifier: Apache-2.0
extension DaemonStatus {
    /// The connections of clients.
    public struct Ports: Equatable, Sendable {
        public var count: Int
        /// Oldest first.
        public var list: [Port]

        public init(count: Int, list: [Port]) {
            (self.count, self.list) = (count, list)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("count", \.count, .integer), .required("list", \.list, .list(Port.form)))
    }

    /// A connection of a client.
    public struct Port: Equatable, Sendable {
        /// The kind of lines that a port is sent.
        public enum Dialect: String, CaseIterable, Sendable {
            /// The lines of the Streams worker.
            case streams
            /// The events that it has subscribed to.
            case subscriber
        }

        public var id: String
        public var pid: Int
        public var uid: Int
        public var program: String?
        public var role: Role
        public var connectedAt: Int64
        /// Lines written to it so far.
        public var linesSent: Int
        /// Lines of the event log that it has not been sent yet.
        public var behind: Int
        /// Bytes of unread replies.
        public var replyBytes: Int
        /// Requests in progress.
        public var requests: Int
        public var dialect: Dialect
        /// The patterns that it has subscribed to; only the first ones, if there are many.
        public var events: [String]?
        /// The number of patterns, if `events` does not contain all.
        public var eventsInAll: Int?
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
        /// The size of these lines.
        public var bytes: Int
        /// The position of the first line.
        public var first: Int
        /// The position of the next line to be added.
        public var next: Int
        /// The log contains everything after this clock.
        public var oldest: String
        /// Bytes of lines that supersede each other.
        public var supersededBytes: Int
        /// The number of former runs whose clocks are still valid.
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

    /// What the ports hold, in total and by user.
    public struct Ledger: Equatable, Sendable {
        public var ports: Int
        /// Bytes of unread replies.
        public var replyBytes: Int
        /// Requests in progress.
        public var requests: Int
        /// The users with a port, sorted by uid.
        public var users: [User]

        public init(ports: Int, replyBytes: Int, requests: Int, users: [User]) {
            (self.ports, self.replyBytes, self.requests, self.users) = (ports, replyBytes, requests, users)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("ports", \.ports, .integer), .required("replyBytes", \.replyBytes, .integer),
            .required("requests", \.requests, .integer), .required("users", \.users, .list(User.form)))
    }

    /// What the ports of one user hold.
    public struct User: Equatable, Sendable {
        public var uid: Int
        /// Processes with a port.
        public var programs: Int
        public var ports: Int
        /// Bytes of unread replies.
        public var replyBytes: Int
        /// Requests in progress.
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

    /// Counted since the start of the daemon.
    public enum Counter: String, CaseIterable, Sendable {
        /// Connections that became ports.
        case connections
        /// Connections that were refused.
        case refusedConnections
        /// Lines that are not a message.
        case badLines
        /// Messages with an unknown name.
        case unknownEvents
        /// `configure` messages that were ignored.
        case ignoredConfigures
        /// Messages that the port's role does not permit.
        case refusedMessages
        /// Requests beyond a limit.
        case limitedRequests
        /// Ports that fell behind the event log.
        case lags
    }

    /// The limits. The names are the last parts of the configuration keys.
    public enum Limit: String, CaseIterable, Sendable {
        /// Bytes of a line.
        case lineBytes
        /// Bad lines of a port.
        case badLines
        /// Bytes of the event log.
        case eventLogBytes
        /// Lines of the event log.
        case eventLogLines
        /// Bytes of lines that supersede each other.
        case supersededBytes
        /// Bytes of unread replies of a port.
        case replyBytes
        /// The same of a process.
        case programReplyBytes
        /// The same of a user.
        case uidReplyBytes
        /// Requests in progress of a port.
        case requests
        /// The same of a process.
        case programRequests
        /// The same of a user.
        case uidRequests
        /// Ports of a user.
        case uidPorts
        /// Ports of a process.
        case programPorts
        /// Requests per second of a port.
        case requestsPerSecond
        /// Requests of a port after a pause.
        case requestBurst
    }
}
