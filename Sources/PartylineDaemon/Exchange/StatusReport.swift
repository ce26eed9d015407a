// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConduitCore
import Glibc
import SessionCore
import StreamsProtocol

/// Identifies a run of the daemon.
struct DaemonIdentity: Sendable {
    /// Random, so that clocks of two runs never coincide.
    let epoch: String
    let started: Moment

    static func make() -> DaemonIdentity {
        DaemonIdentity(epoch: String(UInt64.random(in: 0...UInt64.max), radix: 36), started: SystemClock.now)
    }
}

/// The inputs of `getStatus` and of systemd's status line.
struct StatusReport {
    let identity: DaemonIdentity
    let session: SessionStatus
    let conduit: ConduitStatus
    let agent: AgentData?
    let storage: DaemonStatus.Storage
    let lostLogLines: Int
    let configurationFile: String?
    let reloadError: String?
    let accessRules: Int

    /// The reply to `getStatus`. The role presence is not shown the service's words, which may name contacts and customers.
    func status(at now: Moment, for role: Role) -> DaemonStatus {
        DaemonStatus(
            daemon: .init(
                version: Partyline.version, pid: Int(getpid()), startedAt: identity.started.wall,
                uptimeMs: Int(now.uptime - identity.started.uptime), epoch: identity.epoch,
                lostLogLines: lostLogLines, configurationFile: configurationFile, reloadError: reloadError,
                accessRules: accessRules),
            session: .init(
                source: session.source, state: session.state, suppressesContacts: session.suppressesContacts,
                loginUrl: role >= .operator ? session.loginURL : nil),
            auth: auth(for: role),
            link: link(for: role), webSocket: session.webSocket, agent: agent(at: now), state: storage,
            ports: conduit.ports,
            eventLog: conduit.eventLog, ledger: conduit.ledger, counters: conduit.counters, limits: conduit.limits)
    }

    private func auth(for role: Role) -> DaemonStatus.Auth {
        var auth = session.auth
        if role == .presence { return .init(state: auth.state, since: auth.since) }
        if role < .operator { auth.prompt = auth.prompt?.withoutURL }
        return auth
    }

    private func link(for role: Role) -> DaemonStatus.Link {
        .init(
            state: session.link.state, since: session.link.since, callsInFlight: session.callsInFlight,
            lastError: role == .presence ? session.link.lastErrorType : session.link.lastError,
            failures: session.link.failures, nextRetry: session.link.nextRetry,
            syncsInFlight: session.syncsInFlight, endpoint: session.endpoint)
    }

    private func agent(at now: Moment) -> DaemonStatus.Agent? {
        guard let asOf = session.snapshotAsOf, let agent else { return nil }
        return .init(
            asOf: asOf, ageMs: Int(max(0, now.wall - asOf)), configurationAsOf: session.configurationAsOf,
            configurationAgeMs: session.configurationAsOf.map { Int(max(0, now.wall - $0)) }, skewMs: session.skew,
            name: agent.configuration.name, state: agent.snapshot.state?.name)
    }

    /// One line for `systemctl status`.
    static func line(_ status: SessionStatus, agent: AgentData?, reloadError: String? = nil) -> String {
        summary(status, agent) + (reloadError == nil ? "" : "; the last reload failed")
    }

    private static func summary(_ status: SessionStatus, _ agent: AgentData?) -> String {
        guard let absence = status.absence else {
            let name = agent?.configuration.name ?? "the agent"
            let state = agent?.snapshot.state?.name ?? "in an unknown state"
            return "\(name) is \(state)" + trouble(status)
        }
        let error = status.state == .starting ? status.link.lastError ?? status.auth.lastError : nil
        return absence.summary + (error.map { ": \($0)" } ?? "")
    }

    private static func trouble(_ status: SessionStatus) -> String {
        switch status.auth.state {
        case .refused, .expired, .prompting, .required: return "; the token is no longer valid"
        case .none, .authorizing, .signedIn, .degraded, .failing:
            return status.link.state == .down ? "; Amazon Connect cannot be reached" : ""
        }
    }
}
