// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Checks the daemon's own status.
struct StatusChecks {
    private let status: DaemonStatus
    private let place: SocketPlace
    private let now: Int64

    static func all(_ facts: DoctorFacts) -> [DoctorCheck] {
        guard let status = facts.status else {
            let why = facts.statusFault.map { ": \($0)" } ?? ""
            return names.map { .skip($0, "the daemon sent no status\(why)") }
        }
        let checks = StatusChecks(status: status, place: facts.place, now: facts.now)
        return [
            checks.signIn, checks.link, checks.contacts, checks.snapshot, checks.clock, checks.webSocket,
            checks.eventLog, checks.ports,
            checks.troubles, checks.state, checks.configuration,
        ]
    }

    private static let names = [
        "sign-in", "link", "contacts", "snapshot", "clock", "websocket", "event log", "ports", "troubles", "state",
        "configuration",
    ]

    private var signIn: DoctorCheck {
        let health = StatusHealth(status)
        if health.exit == .notSignedIn, let problem = health.problems.first {
            return .fail("sign-in", problem.text, problem.next.first)
        }
        switch status.auth.state {
        case .failing:
            let error = Self.suffix(status.auth.lastError)
            return .warn("sign-in", "cannot be renewed at the moment\(error)", "partyline status")
        case .degraded: return .warn("sign-in", "the token was refused, and is being replaced", "partyline status")
        case .none, .authorizing, .signedIn, .refused, .expired, .prompting, .required:
            return .pass("sign-in", "\(status.auth.state.rawValue), session \(status.session.state.rawValue)")
        }
    }

    private var link: DoctorCheck {
        let link = status.link
        switch link.state {
        case .idle:
            guard case .unreachable(let error) = status.absence else {
                return .warn("link", "idle", "partyline status")
            }
            return .fail("link", "Amazon Connect cannot be reached: \(error)", StatusHealth.reach(link).first)
        case .degraded:
            return .warn(
                "link", "no answer at the moment\(Self.suffix(link.lastError))", StatusHealth.reach(link).first)
        case .up: return .pass("link", "up for \(span(since: link.since))")
        case .down:
            let next = link.endpoint.map { "curl -sSI \($0)" } ?? "partyline status"
            return .fail("link", "down for \(span(since: link.since))\(Self.suffix(link.lastError))", next)
        }
    }

    private var contacts: DoctorCheck {
        status.session.suppressesContacts
            ? .warn(
                "contacts", "suppressed (disaster recovery): only connected and ended ones are shown",
                "partyline describe disasterRecovery::suppress")
            : .pass("contacts", "none are suppressed")
    }

    private var configuration: DoctorCheck {
        let file = status.daemon.configurationFile
        guard let error = status.daemon.reloadError else {
            return .pass("configuration", file ?? "no file: defaults, environment and flags")
        }
        return .warn(
            "configuration", "the last reload failed: \(error)",
            "partylined --check-config" + (file.map { " --config \($0)" } ?? ""))
    }

    private var snapshot: DoctorCheck {
        guard let age = status.agent?.ageMs else {
            return .warn("snapshot", "the agent is not known yet", "partyline status")
        }
        let text = "seen \(Text.span(milliseconds: age)) ago"
        // The service holds a poll for 30 seconds at most.
        return age <= 60_000 ? .pass("snapshot", text) : .warn("snapshot", text, "partyline sync")
    }

    private var clock: DoctorCheck {
        guard let skew = status.agent?.skewMs else { return .skip("clock", "not compared yet") }
        let text = "the service's clock is \(Text.span(milliseconds: abs(skew))) \(skew < 0 ? "behind" : "ahead")"
        return abs(skew) <= 5000 ? .pass("clock", text) : .warn("clock", text, "timedatectl")
    }

    private var webSocket: DoctorCheck {
        let webSocket = status.webSocket
        switch webSocket.state {
        case .open: return .pass("websocket", "open for \(span(since: webSocket.since))")
        case .idle, .connecting:
            return .warn("websocket", "\(webSocket.state.rawValue): chat messages do not arrive", "partyline watch")
        }
    }

    private var eventLog: DoctorCheck {
        let log = status.eventLog
        let limit = Text.size(status.limits[.eventLogBytes])
        return .pass("event log", "\(Text.count(log.lines, "line")), \(Text.size(log.bytes)) of \(limit)")
    }

    private var ports: DoctorCheck {
        let count = status.ports.count
        guard let fullest = status.ledger.users.max(by: { $0.ports < $1.ports }) else {
            return .pass("ports", "\(count)")
        }
        let limit = status.limits[.uidPorts]
        let text = "\(count); user \(fullest.uid) has \(fullest.ports) of \(limit)"
        guard fullest.ports * 5 <= limit * 4 else {
            return .warn("ports", text, "partyline status   shows the programs; limits.uidPorts allows more")
        }
        return .pass("ports", text)
    }

    private var troubles: DoctorCheck {
        var found = DaemonStatus.Counter.allCases.compactMap { counter -> String? in
            guard let noun = Self.trouble(counter), status.counters[counter] > 0 else { return nil }
            return "\(status.counters[counter]) \(noun)"
        }
        if status.daemon.lostLogLines > 0 { found.append("\(status.daemon.lostLogLines) log lines lost") }
        guard !found.isEmpty else { return .pass("troubles", "none counted") }
        return .warn("troubles", found.joined(separator: ", "), place.journalCommand)
    }

    /// Nil for counters that also grow in normal operation.
    private static func trouble(_ counter: DaemonStatus.Counter) -> String? {
        switch counter {
        case .connections, .unknownEvents, .ignoredConfigures: nil
        case .refusedConnections: "refused connections"
        case .badLines: "bad lines"
        case .refusedMessages: "messages without permission"
        case .limitedRequests: "requests beyond a limit"
        case .lags: "programs too slow"
        }
    }

    private var state: DoctorCheck {
        if let problem = status.state.problem {
            return .warn("state", "not kept at the moment: \(problem)", "df -h \(status.state.folder ?? ".")")
        }
        return switch status.state.kept {
        case .none:
            .warn("state", "not kept: a restart of the daemon makes every program start over", "man partylined")
        case .systemd, .files: .pass("state", "kept over restarts by \(status.state.kept.rawValue)")
        }
    }

    private static func suffix(_ error: String?) -> String { error.map { ": \($0)" } ?? "" }

    private func span(since instant: Int64) -> String { Text.span(milliseconds: Int(now - instant)) }
}
