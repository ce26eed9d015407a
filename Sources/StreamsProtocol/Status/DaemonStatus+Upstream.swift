extension DaemonStatus {
    public struct Daemon: Equatable, Sendable {
        public var version: String
        public var pid: Int
        public var startedAt: Int64
        /// For how long it has been running, in milliseconds.
        public var uptimeMs: Int
        /// Random: two runs never share a clock.
        public var epoch: String

        public init(version: String, pid: Int, startedAt: Int64, uptimeMs: Int, epoch: String) {
            (self.version, self.pid, self.startedAt, self.uptimeMs, self.epoch) =
                (version, pid, startedAt, uptimeMs, epoch)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("version", \.version, .text), .required("pid", \.pid, .integer),
            .required("startedAt", \.startedAt, .instant), .required("uptimeMs", \.uptimeMs, .integer),
            .required("epoch", \.epoch, .text))
    }

    public struct Session: Equatable, Sendable {
        /// Where tokens come from.
        public enum Source: String, CaseIterable, Sendable {
            /// A client sends them by `configure`.
            case configure
            /// The daemon asks for them, with cookies of its own.
            case authorize
        }

        public enum State: String, CaseIterable, Sendable {
            /// No client has sent `configure` yet.
            case waiting
            /// There is a token, or one is being asked for, but no agent yet.
            case starting
            /// The agent is known.
            case running
            /// A client ended it.
            case terminated
            /// The sign-in is no longer valid.
            case signedOut = "signed_out"
        }

        /// Where its token comes from.
        public var source: Source
        /// Where it stands.
        public var state: State

        public init(source: Source, state: State) {
            (self.source, self.state) = (source, state)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("source", \.source, .choice()), .required("state", \.state, .choice()))
    }

    public struct Auth: Equatable, Sendable {
        public enum State: String, CaseIterable, Sendable {
            case none
            /// It is good, as far as is known.
            case ok
            /// The backend refused it or the cookies.
            case refused
            /// A new one is due and cannot be had just now.
            case failing
        }

        /// Where it stands.
        public var state: State
        /// When it ends.
        public var expiresAt: Int64?
        /// What the last attempt at a token said.
        public var lastError: String?

        public init(state: State, expiresAt: Int64? = nil, lastError: String? = nil) {
            (self.state, self.expiresAt, self.lastError) = (state, expiresAt, lastError)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("state", \.state, .choice()), .optional("expiresAt", \.expiresAt, .instant),
            .optional("lastError", \.lastError, .text))
    }

    /// The way to the service, as the long poll sees it.
    public struct Link: Equatable, Sendable {
        public enum State: String, CaseIterable, Sendable {
            /// Nothing has been tried.
            case idle
            /// The last poll succeeded.
            case up
            /// The last poll failed.
            case down
        }

        /// Where it stands.
        public var state: State
        /// Since when.
        public var since: Int64
        /// HTTP calls under way.
        public var callsInFlight: Int
        /// What the last failure said.
        public var lastError: String?
        /// How many polls in a row have failed.
        public var failures: Int
        /// When the next poll goes out after a failure; nil while one is under way, and where polling waits for a good token.
        public var nextRetry: Int64?
        /// `sync`s that wait for their snapshot.
        public var syncsInFlight: Int
        /// The CTI endpoint in use.
        public var endpoint: String?

        public init(
            state: State, since: Int64, callsInFlight: Int, lastError: String? = nil, failures: Int,
            nextRetry: Int64? = nil, syncsInFlight: Int, endpoint: String? = nil
        ) {
            self.state = state
            self.since = since
            self.callsInFlight = callsInFlight
            self.lastError = lastError
            self.failures = failures
            self.nextRetry = nextRetry
            self.syncsInFlight = syncsInFlight
            self.endpoint = endpoint
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("state", \.state, .choice()), .required("since", \.since, .instant),
            .required("callsInFlight", \.callsInFlight, .integer), .optional("lastError", \.lastError, .text),
            .required("failures", \.failures, .integer), .optional("nextRetry", \.nextRetry, .instant),
            .required("syncsInFlight", \.syncsInFlight, .integer), .optional("endpoint", \.endpoint, .text))
    }

    public struct WebSocket: Equatable, Sendable {
        public enum State: String, CaseIterable, Sendable {
            /// Not wanted yet.
            case idle
            /// A transport or a handshake is under way, or waited for.
            case connecting
            case open
        }

        /// Where it stands.
        public var state: State
        /// Since when.
        public var since: Int64
        /// The topics that clients asked for.
        public var topics: [String]

        public init(state: State, since: Int64, topics: [String]) {
            (self.state, self.since, self.topics) = (state, since, topics)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("state", \.state, .choice()), .required("since", \.since, .instant),
            .required("topics", \.topics, .list(.text)))
    }

    /// The agent, in short.
    public struct Agent: Equatable, Sendable {
        /// When the last snapshot came.
        public var asOf: Int64
        /// How long ago that was, in milliseconds.
        public var ageMs: Int
        /// When the configuration came.
        public var configurationAsOf: Int64?
        /// How long ago that was, in milliseconds.
        public var configurationAgeMs: Int?
        /// How far the service's clock is ahead, in milliseconds.
        public var skewMs: Int?
        public var name: String?
        /// The name of the state.
        public var state: String?

        public init(
            asOf: Int64, ageMs: Int, configurationAsOf: Int64?, configurationAgeMs: Int?, skewMs: Int?, name: String?,
            state: String?
        ) {
            self.asOf = asOf
            self.ageMs = ageMs
            self.configurationAsOf = configurationAsOf
            self.configurationAgeMs = configurationAgeMs
            self.skewMs = skewMs
            self.name = name
            self.state = state
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("asOf", \.asOf, .instant), .required("ageMs", \.ageMs, .integer),
            .required("configurationAsOf", \.configurationAsOf, .nullable(.instant)),
            .required("configurationAgeMs", \.configurationAgeMs, .nullable(.integer)),
            .required("skewMs", \.skewMs, .nullable(.integer)), .required("name", \.name, .nullable(.text)),
            .required("state", \.state, .nullable(.text)))
    }

    /// What is kept for a restart.
    public struct Keeping: Equatable, Sendable {
        /// What may keep it.
        public enum Keeper: String, CaseIterable, Sendable {
            case none
            /// systemd's store of descriptors.
            case systemd
            case files
        }

        public var kept: Keeper
        /// Where that is, for people.
        public var place: String?

        public init(kept: Keeper, place: String? = nil) {
            (self.kept, self.place) = (kept, place)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("kept", \.kept, .choice()), .optional("place", \.place, .text))
    }
}
