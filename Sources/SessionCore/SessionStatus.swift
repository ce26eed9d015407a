// SPDX-License-Identifier: Apache-2.0
import AgentModel
public import StreamsProtocol

/// A session's status, for `getStatus`, the CLI and systemd's status line. It contains no secrets.
public struct SessionStatus: Equatable, Sendable {
    /// The link to the service, judged by the polled calls.
    public struct Link: Equatable, Sendable {
        public var state: DaemonStatus.Link.State
        /// When `state` last changed, in milliseconds since 1970.
        public var since: Int64
        /// The last failure of the snapshot poll.
        public var failure: ServiceError?
        /// How many snapshot polls in a row have failed.
        public var failures = 0
        /// When the next poll after a failure is due, in milliseconds since 1970. Nil while a poll is under way, and while
        /// polling is suspended until there is a new token.
        public var nextRetry: Int64?

        /// The last failure's message.
        public var lastError: String? { failure?.summary(of: .getAgentSnapshot) }
        /// The same without the service's words, which may name contacts and customers.
        public var lastErrorType: String? { failure?.typeSummary(of: .getAgentSnapshot) }
    }

    public let source: DaemonStatus.Session.Source
    /// Why there is no agent; nil once there is one.
    public let absence: SessionAbsence?
    public let link: Link
    public let auth: DaemonStatus.Auth.State
    /// When the token expires, in milliseconds since 1970.
    public let tokenExpiry: Int64?
    /// Why the last request for a token failed.
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
    public let callsInFlight: Int
    public let syncsInFlight: Int

    public var state: DaemonStatus.Session.State { absence?.state ?? .running }
}

extension Session {
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
