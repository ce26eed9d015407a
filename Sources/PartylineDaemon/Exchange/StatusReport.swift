import AgentModel
import ConduitCore
import Glibc
import SessionCore
import StreamsProtocol

/// Which run of the daemon this is.
struct DaemonIdentity: Sendable {
    /// Random: two runs never share a clock.
    let epoch: String
    let started: Moment

    static func make() -> DaemonIdentity {
        DaemonIdentity(epoch: String(UInt64.random(in: 0...UInt64.max), radix: 36), started: SystemClock.now)
    }
}

/// What `getStatus` and systemd's status line are made of.
struct StatusReport {
    let identity: DaemonIdentity
    let session: SessionStatus
    let conduit: ConduitStatus
    let agent: Agent?
    let keeping: DaemonStatus.Keeping

    /// What `getStatus` answers.
    func status(at now: Moment) -> DaemonStatus {
        DaemonStatus(
            daemon: .init(
                version: Partyline.version, pid: Int(getpid()), startedAt: identity.started.wall,
                uptimeMs: Int(now.uptime - identity.started.uptime), epoch: identity.epoch),
            session: .init(source: session.source, state: session.state),
            auth: .init(state: session.auth, expiresAt: session.tokenExpiry, lastError: session.authError),
            link: link, webSocket: session.webSocket, agent: agent(at: now), state: keeping, ports: conduit.ports,
            eventLog: conduit.eventLog, ledger: conduit.ledger, counters: conduit.counters, limits: conduit.limits)
    }

    private var link: DaemonStatus.Link {
        .init(
            state: session.link.state, since: session.link.since, callsInFlight: session.callsInFlight,
            lastError: session.link.lastError, failures: session.link.failures, nextRetry: session.link.nextRetry,
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
    static func line(_ status: SessionStatus, agent: Agent?) -> String {
        guard let absence = status.absence else {
            let name = agent?.configuration.name ?? "the agent"
            let state = agent?.snapshot.state?.name ?? "in an unknown state"
            return "\(name) is \(state)" + (status.link.state == .down ? "; Amazon Connect cannot be reached" : "")
        }
        let error = status.state == .starting ? status.link.lastError : nil
        return absence.summary + (error.map { ": \($0)" } ?? "")
    }
}
