// SPDX-License-Identifier: Apache-2.0
import AgentModel
public import StreamsProtocol

/// A session's status, for `getStatus`, the CLI and systemd's status line. It contains no secrets.
public struct SessionStatus: Equatable, Sendable {
    /// The link to the service, judged by the polled calls and by what it leaves unanswered.
    public struct Link: Equatable, Sendable {
        public var state: DaemonStatus.Link.State
        /// When `state` last changed, in milliseconds since 1970.
        public var since: Int64
        /// The last failure of the snapshot poll; nil while `silence` is the reason.
        public var failure: ServiceError?
        /// How many snapshot polls in a row have failed.
        public var failures = 0
        /// When the next poll after a failure is due, in milliseconds since 1970. Nil while a poll is under way, and while
        /// polling is suspended until there is a new token.
        public var nextRetry: Int64?
        /// What the service has left unanswered; nil unless the link is degraded for that reason.
        public var silence: Silence?
        /// True if the agent's data may be out of date: the link is down, or has been degraded for `linkStale`, or this
        /// session has received no snapshot yet.
        public var isStale = false

        /// Why the link is not up.
        public var lastError: String? {
            silence.map { "\($0.type): \($0.message)" } ?? failure?.summary(of: .getAgentSnapshot)
        }
        /// The same without the service's words, which may name contacts and customers.
        public var lastErrorType: String? { silence?.type ?? failure?.typeSummary(of: .getAgentSnapshot) }
    }

    public let source: DaemonStatus.Session.Source
    /// The page to sign in at, for the source login.
    public let loginURL: String?
    /// Why there is no agent; nil once there is one.
    public let absence: SessionAbsence?
    /// True while contacts that are neither connected nor ended are hidden.
    public let suppressesContacts: Bool
    public let link: Link
    public let auth: DaemonStatus.Auth
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
    /// - Parameter now: the current time, which decides whether the token has expired.
    public func status(at now: Moment) -> SessionStatus {
        SessionStatus(
            source: tokens.source.kind, loginURL: tokens.source.loginURL, absence: absence(at: now),
            suppressesContacts: recovery.isSuppressed,
            link: link,
            auth: auth(at: now), webSocket: webSockets.status,
            endpoint: credentials?.endpoint ?? tokens.source.endpoint,
            snapshotAsOf: snapshots.asOf, configurationAsOf: configurations.asOf,
            skew: snapshots.snapshot?.json["skew"]?.int, callsInFlight: calls.count, syncsInFlight: syncs.count)
    }

    /// Why there is no agent; nil once there is one. An agent that is known stays known while its token is refused by the
    /// service, until the session is signed out.
    func absence(at now: Moment) -> SessionAbsence? {
        let source = tokens.source.kind
        if isTerminated { return .terminated(source) }
        if tokens.isSignedOut { return .signedOut(source, tokens.problem(at: now)) }
        if snapshots.snapshot != nil, configurations.configuration != nil { return nil }
        switch tokens.auth(at: now) {
        case .refused, .expired, .prompting, .required: return .signedOut(source, tokens.problem(at: now))
        case .none, .authorizing, .signedIn, .degraded, .failing: break
        }
        if credentials == nil, tokens.source.waitsForConfigure { return .noToken }
        return (link.lastError ?? tokens.problem(at: now)).map { .unreachable($0) } ?? .starting
    }
}
