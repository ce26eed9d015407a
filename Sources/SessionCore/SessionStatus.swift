import AgentModel
public import StreamsProtocol

/// Where a session stands, for `getStatus`, the CLI and systemd's status line. It holds no secrets.
public struct SessionStatus: Equatable, Sendable {
    /// The way to the service, as the long poll sees it.
    public struct Link: Equatable, Sendable {
        /// Where it stands.
        public var state: DaemonStatus.Link.State
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

    /// Where its token comes from.
    public let source: DaemonStatus.Session.Source
    /// Why there is no agent; nil once there is one.
    public let absence: SessionAbsence?
    /// The way to the service.
    public let link: Link
    public let auth: DaemonStatus.Auth.State
    /// When the token ends, in milliseconds since 1970.
    public let tokenExpiry: Int64?
    /// What the last attempt at a token said.
    public let authError: String?
    public let webSocket: DaemonStatus.WebSocket
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

    public var state: DaemonStatus.Session.State { absence?.state ?? .running }
}

extension Session {
    /// Where the session stands.
    public var status: SessionStatus {
        SessionStatus(
            source: tokens.source.kind, absence: absence, link: link, auth: tokens.auth,
            tokenExpiry: credentials?.expiry,
            authError: tokens.lastError, webSocket: webSockets.status, endpoint: credentials?.endpoint,
            snapshotAsOf: snapshots.asOf, configurationAsOf: configurations.asOf,
            skew: snapshots.snapshot?.json["skew"]?.int, callsInFlight: calls.count, syncsInFlight: syncs.count)
    }

    private var absence: SessionAbsence? {
        if isTerminated { return .terminated }
        if tokens.auth == .refused { return .signedOut(tokens.lastError) }
        if snapshots.snapshot != nil, configurations.configuration != nil { return nil }
        if credentials == nil, tokens.source.waitsForConfigure { return .noToken(.configure) }
        return (link.lastError ?? tokens.lastError).map { .unreachable($0) } ?? .starting
    }
}
