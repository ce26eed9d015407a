import AgentModel

/// Where a session stands, for `getStatus`, the CLI and systemd's status line. It holds no secrets.
public struct SessionStatus: Equatable, Sendable {
    /// The session as a whole.
    public enum State: String, Sendable {
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

    /// The way to the service, as the long poll sees it.
    public struct Link: Equatable, Sendable {
        /// Its states.
        public enum State: String, Sendable {
            /// Nothing has been tried.
            case idle
            /// The last poll succeeded.
            case up
            /// The last poll failed.
            case down
        }

        /// Its state.
        public var state: State
        /// Since when, in milliseconds since 1970.
        public var since: Int64
        /// What the last failure said.
        public var lastError: String?
        /// How many polls in a row have failed.
        public var failures = 0
        /// When the next poll goes out after a failure, in milliseconds since 1970; nil while one is under way, and
        /// where polling stands still for want of a good token.
        public var nextRetry: Int64?
    }

    /// The token.
    public enum Auth: String, Sendable {
        /// There is none.
        case none
        /// It is good as far as anybody knows.
        case ok
        /// The backend refused it or the cookies.
        case refused
        /// A new one is due and cannot be had just now.
        case failing
    }

    /// The session.
    public let state: State
    /// The way to the service.
    public let link: Link
    /// The token.
    public let auth: Auth
    /// When the token ends, in milliseconds since 1970.
    public let tokenExpiry: Int64?
    /// What the last attempt at a token said.
    public let authError: String?
    /// The websocket.
    public let webSocket: WebSocketStatus
    /// The CTI endpoint in use.
    public let endpoint: String?
    /// When the last snapshot came, in milliseconds since 1970.
    public let snapshotAsOf: Int64?
    /// When the configuration came, in milliseconds since 1970.
    public let configurationAsOf: Int64?
    /// How far the service's clock is ahead, in milliseconds.
    public let skew: Int?
    /// HTTP calls under way.
    public let callsInFlight: Int
    /// `sync`s that wait for their snapshot.
    public let syncsInFlight: Int
}

/// Where the websocket stands.
public struct WebSocketStatus: Equatable, Sendable {
    /// Its states.
    public enum State: String, Sendable {
        /// Not wanted yet.
        case idle
        /// A transport or a handshake is under way, or waited for.
        case connecting
        /// Open.
        case open
    }

    /// Its state.
    public let state: State
    /// Since when, in milliseconds since 1970.
    public let since: Int64
    /// The topics that clients asked for.
    public let topics: [String]
}

extension Session {
    /// Where the session stands.
    public var status: SessionStatus {
        SessionStatus(
            state: state, link: link, auth: tokens.auth, tokenExpiry: credentials?.expiry, authError: tokens.lastError,
            webSocket: webSockets.status, endpoint: credentials?.endpoint, snapshotAsOf: snapshots.asOf,
            configurationAsOf: configurations.asOf, skew: snapshots.snapshot?.json["skew"]?.int,
            callsInFlight: calls.count, syncsInFlight: syncs.count)
    }

    /// `configure` or `authorize`.
    public var sourceName: String { tokens.source.name }

    private var state: SessionStatus.State {
        if isTerminated { return .terminated }
        if tokens.auth == .refused { return .signedOut }
        if snapshots.snapshot != nil, configurations.configuration != nil { return .running }
        if credentials == nil, tokens.source.waitsForConfigure { return .waiting }
        return .starting
    }
}
