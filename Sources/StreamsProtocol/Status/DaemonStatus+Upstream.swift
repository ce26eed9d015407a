// SPDX-License-Identifier: Apache-2.0
public import AgentModel

extension DaemonStatus {
    public struct Daemon: Equatable, Sendable {
        public var version: String
        public var pid: Int
        public var startedAt: Int64
        /// Milliseconds since the start.
        public var uptimeMs: Int
        /// Random, so that clocks of two runs never coincide.
        public var epoch: String
        /// Lines that are not in the log, because standard error was not read or could not be written.
        public var lostLogLines: Int
        /// The configuration file that was read; nil if there is none.
        public var configurationFile: String?
        /// Why the configuration of the last reload was rejected; nil after a good one.
        public var reloadError: String?
        /// The number of rules in `access.rules`.
        public var accessRules: Int

        public init(
            version: String, pid: Int, startedAt: Int64, uptimeMs: Int, epoch: String, lostLogLines: Int,
            configurationFile: String? = nil, reloadError: String? = nil, accessRules: Int = 0
        ) {
            (self.version, self.pid, self.startedAt, self.uptimeMs, self.epoch, self.lostLogLines) =
                (version, pid, startedAt, uptimeMs, epoch, lostLogLines)
            (self.configurationFile, self.reloadError, self.accessRules) =
                (configurationFile, reloadError, accessRules)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("version", \.version, .text), .required("pid", \.pid, .integer),
            .required("startedAt", \.startedAt, .instant), .required("uptimeMs", \.uptimeMs, .integer),
            .required("epoch", \.epoch, .text), .required("lostLogLines", \.lostLogLines, .integer),
            .optional("configurationFile", \.configurationFile, .text), .optional("reloadError", \.reloadError, .text),
            .required("accessRules", \.accessRules, .integer))
    }

    public struct Session: Equatable, Sendable {
        /// The source of tokens.
        public enum Source: String, CaseIterable, Sendable {
            /// A client sends them in `configure`.
            case configure
            /// The daemon requests them, with the cookies in a file.
            case authorize
            /// The daemon requests them, with the cookies of `partyline login`.
            case login
        }

        public enum State: String, CaseIterable, Sendable {
            /// No client has sent `configure` yet.
            case waiting
            /// There is a token, or one has been requested, but no agent yet.
            case starting
            /// The agent is known.
            case running
            /// A client ended it.
            case terminated
            /// The sign-in is no longer valid.
            case signedOut = "signed_out"
        }

        public var source: Source
        public var state: State
        /// True while contacts that are neither connected nor ended are hidden from every client (disaster recovery).
        public var suppressesContacts: Bool
        /// The page to sign in at, for `login`; nil for other sources, and for roles below operator.
        public var loginUrl: String?

        public init(source: Source, state: State, suppressesContacts: Bool = false, loginUrl: String? = nil) {
            (self.source, self.state, self.suppressesContacts) = (source, state, suppressesContacts)
            self.loginUrl = loginUrl
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("source", \.source, .choice()), .required("state", \.state, .choice()),
            .required("suppressesContacts", \.suppressesContacts, .boolean),
            .optional("loginUrl", \.loginUrl, .text))
    }

    public struct Auth: Equatable, Sendable {
        public enum State: String, CaseIterable, Sendable {
            /// There is no token, and none has been requested.
            case none
            /// The first token has been requested.
            case authorizing
            /// The token is valid, as far as is known.
            case signedIn = "signed_in"
            /// A call was answered with 401, and a new token has been requested.
            case degraded
            /// A new token is due, but requests for it fail at the moment; they are repeated.
            case failing
            /// The token has expired, and there is no newer one.
            case expired
            /// The service refuses the token or the cookies.
            case refused
            /// A person is asked to sign in: see `prompt`.
            case prompting
            /// Nothing is requested until there are new cookies or a new token: the service refused too often, or the
            /// session was ended.
            case required
        }

        /// A request to a person to sign in. There is at most one at a time.
        public struct Prompt: Equatable, Sendable {
            /// The same for every client.
            public var id: String
            /// Why a sign-in is needed.
            public var reason: String
            /// The sign-in page; nil for roles below operator.
            public var url: String?
            /// True while a program shows the page.
            public var isShown: Bool

            public init(id: String, reason: String, url: String?, isShown: Bool = false) {
                (self.id, self.reason, self.url, self.isShown) = (id, reason, url, isShown)
            }

            static let form = JSONForm<Self>.object(
                Self.init, .required("id", \.id, .text), .required("reason", \.reason, .text),
                .optional("url", \.url, .text), .required("isShown", \.isShown, .boolean))

            public var json: JSON { Self.form.encode(self) }

            public var withoutURL: Prompt { Prompt(id: id, reason: reason, url: nil, isShown: isShown) }
        }

        public var state: State
        /// When `state` last changed.
        public var since: Int64
        /// When the token expires.
        public var expiresAt: Int64?
        /// Why the token is not valid, or the error of the last request for one.
        public var lastError: String?
        public var prompt: Prompt?
        /// True while a logout waits for the agent's last contact to go.
        public var endsWhenFree: Bool

        public init(
            state: State, since: Int64, expiresAt: Int64? = nil, lastError: String? = nil, prompt: Prompt? = nil,
            endsWhenFree: Bool = false
        ) {
            (self.state, self.since, self.expiresAt, self.lastError) = (state, since, expiresAt, lastError)
            (self.prompt, self.endsWhenFree) = (prompt, endsWhenFree)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("state", \.state, .choice()), .required("since", \.since, .instant),
            .optional("expiresAt", \.expiresAt, .instant),
            .optional("lastError", \.lastError, .text), .optional("prompt", \.prompt, Prompt.form),
            .required("endsWhenFree", \.endsWhenFree, .boolean))
    }

    /// The connection to the service, as seen by the long poll.
    public struct Link: Equatable, Sendable {
        public enum State: String, CaseIterable, Sendable {
            /// Nothing has been tried.
            case idle
            /// The last poll succeeded.
            case up
            /// An attempt of the current poll failed, and is being retried.
            case degraded
            /// The last poll failed after all its attempts.
            case down
        }

        public var state: State
        /// When `state` last changed.
        public var since: Int64
        /// HTTP calls in progress.
        public var callsInFlight: Int
        /// The error of the last failed poll.
        public var lastError: String?
        /// The number of consecutive failed polls.
        public var failures: Int
        /// When the next poll is sent after a failure; nil while one is in progress, or while polling waits for a valid
        /// token.
        public var nextRetry: Int64?
        /// `sync` requests that wait for their snapshot.
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
            /// Not needed yet.
            case idle
            /// A createTransport or a handshake is in progress, or a retry is due.
            case connecting
            case open
        }

        public var state: State
        /// When `state` last changed.
        public var since: Int64
        /// The topics that clients requested.
        public var topics: [String]

        public init(state: State, since: Int64, topics: [String]) {
            (self.state, self.since, self.topics) = (state, since, topics)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("state", \.state, .choice()), .required("since", \.since, .instant),
            .required("topics", \.topics, .list(.text)))
    }

    /// A summary of the agent.
    public struct Agent: Equatable, Sendable {
        /// When the last snapshot arrived.
        public var asOf: Int64
        /// The milliseconds since then.
        public var ageMs: Int
        /// When the configuration arrived.
        public var configurationAsOf: Int64?
        /// The milliseconds since then.
        public var configurationAgeMs: Int?
        /// The milliseconds by which the service's clock is ahead.
        public var skewMs: Int?
        public var name: String?
        /// The name of the agent's state.
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

    /// The storage of the state that survives a restart.
    public struct Storage: Equatable, Sendable {
        public enum Kind: String, CaseIterable, Sendable {
            case none
            /// systemd's file descriptor store.
            case systemd
            case files
        }

        public var kept: Kind
        /// For people.
        public var place: String?
        /// Why nothing is kept at the moment; it is tried again. Nil if there is no such problem.
        public var problem: String?
        /// The folder of the files; nil if there are none.
        public var folder: String?

        public init(kept: Kind, place: String? = nil, problem: String? = nil, folder: String? = nil) {
            (self.kept, self.place, self.problem, self.folder) = (kept, place, problem, folder)
        }

        static let form = JSONForm<Self>.object(
            Self.init, .required("kept", \.kept, .choice()), .optional("place", \.place, .text),
            .optional("problem", \.problem, .text), .optional("folder", \.folder, .text))
    }
}
