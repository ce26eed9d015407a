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

/// What `getStatus` answers, and what systemd's status line says.
struct StatusReport {
    let json: JSON

    init(exchange: Exchange, now: Moment) {
        let status = exchange.session.status
        var object = JSONObject([
            ("daemon", Self.daemon(exchange.identity, now)),
            ("session", ["source": .string(exchange.session.sourceName), "state": .string(status.state.rawValue)]),
            ("auth", Self.auth(status)), ("link", Self.link(status)), ("webSocket", Self.webSocket(status.webSocket)),
            ("agent", Self.agent(status, exchange.conduit.agent, now)),
        ])
        object["state"] = Self.state(exchange.keeping)
        for member in exchange.conduit.status.members { object[member.name] = member.value }
        json = .object(object)
    }

    private static func daemon(_ identity: DaemonIdentity, _ now: Moment) -> JSON {
        [
            "version": .string(Partyline.version), "pid": .int(Int(getpid())),
            "startedAt": .string(Timestamp.text(milliseconds: identity.started.wall)),
            "uptimeMs": .int(Int(now.uptime - identity.started.uptime)), "epoch": .string(identity.epoch),
        ]
    }

    private static func auth(_ status: SessionStatus) -> JSON {
        var object = JSONObject([("state", .string(status.auth.rawValue))])
        object["expiresAt"] = status.tokenExpiry.map { .string(Timestamp.text(milliseconds: $0)) }
        object["lastError"] = status.authError.map { .string($0) }
        return .object(object)
    }

    private static func state(_ keeping: Keeping) -> JSON {
        var object = JSONObject([("kept", .string(keeping.journal?.isOn == true ? keeping.place : "none"))])
        object["place"] = keeping.name.map { .string($0) }
        return .object(object)
    }

    private static func link(_ status: SessionStatus) -> JSON {
        var object = JSONObject([
            ("state", .string(status.link.state.rawValue)),
            ("since", .string(Timestamp.text(milliseconds: status.link.since))),
            ("callsInFlight", .int(status.callsInFlight)),
        ])
        object["lastError"] = status.link.lastError.map { .string($0) }
        object["failures"] = .int(status.link.failures)
        object["nextRetry"] = status.link.nextRetry.map { .string(Timestamp.text(milliseconds: $0)) }
        object["syncsInFlight"] = .int(status.syncsInFlight)
        object["endpoint"] = status.endpoint.map { .string($0) }
        return .object(object)
    }

    private static func webSocket(_ status: WebSocketStatus) -> JSON {
        [
            "state": .string(status.state.rawValue), "since": .string(Timestamp.text(milliseconds: status.since)),
            "topics": .array(status.topics.map { .string($0) }),
        ]
    }

    private static func agent(_ status: SessionStatus, _ agent: Agent?, _ now: Moment) -> JSON {
        guard let asOf = status.snapshotAsOf, let agent else { return .null }
        return [
            "asOf": .string(Timestamp.text(milliseconds: asOf)), "ageMs": .int(Int(max(0, now.wall - asOf))),
            "configurationAsOf": status.configurationAsOf.map { .string(Timestamp.text(milliseconds: $0)) } ?? .null,
            "configurationAgeMs": status.configurationAsOf.map { .int(Int(max(0, now.wall - $0))) } ?? .null,
            "skewMs": status.skew.map { .int($0) } ?? .null,
            "name": agent.configuration.name.map { .string($0) } ?? .null,
            "state": agent.snapshot.state?.name.map { .string($0) } ?? .null,
        ]
    }

    /// Why there is no agent to show.
    static func absence(_ status: SessionStatus) -> ProtocolError {
        switch status.state {
        case .signedOut:
            ProtocolError(
                .notAuthenticated, "the session is signed out" + (status.authError.map { ": \($0)" } ?? ""),
                hint: "sign in again, and put the new cookies where session.cookieFile says")
        case .terminated:
            ProtocolError(
                .notReady, "the session was terminated by a client",
                hint: "send configure with a new token; where the daemon authorizes by itself, restart it",
                retryable: true)
        case .waiting:
            ProtocolError(
                .notReady, "there is no session yet: no client has sent configure", hint: "partyline status",
                retryable: true)
        case .starting, .running:
            if let error = status.link.lastError ?? status.authError {
                ProtocolError(
                    .unavailable, "Amazon Connect cannot be reached: \(error)", hint: "partyline status",
                    retryable: true)
            } else {
                ProtocolError(
                    .notReady, "the first snapshot and configuration are still on their way", retryable: true)
            }
        }
    }

    /// One line for `systemctl status`.
    static func line(_ status: SessionStatus, agent: Agent?) -> String {
        switch status.state {
        case .terminated: return "terminated by a client"
        case .waiting: return "waiting for a client's configure"
        case .signedOut: return "signed out: a new sign-in is needed"
        case .starting: return "starting" + (status.link.lastError.map { ": \($0)" } ?? "")
        case .running:
            let name = agent?.configuration.name ?? "the agent"
            let state = agent?.snapshot.state?.name ?? "in an unknown state"
            let link = status.link.state == .down ? "; Amazon Connect cannot be reached" : ""
            return "\(name) is \(state)\(link)"
        }
    }
}
