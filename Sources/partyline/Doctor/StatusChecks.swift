import AgentModel
import ConnectStreams
import StreamsProtocol

/// What the daemon says of itself, judged.
struct StatusChecks {
    private let facts: DoctorFacts
    private let status: JSON?

    init(_ facts: DoctorFacts) {
        self.facts = facts
        status = facts.status
    }

    var all: [DoctorCheck] {
        let names = [
            "sign-in", "link", "snapshot", "clock", "websocket", "event log", "ports", "troubles", "state",
        ]
        guard let status else {
            let why = facts.statusFailure.map { ": \($0.message)" } ?? ""
            return names.map { .skip($0, "the daemon told nothing of it\(why)") }
        }
        return [signIn(status), link(status), snapshot(status), clock(status), webSocket(status), eventLog(status)]
            + [ports(status), troubles(status), state(status)]
    }

    private func signIn(_ status: JSON) -> DoctorCheck {
        let health = StatusHealth(status, facts.place)
        let session = status["session"]?["state"]?.string ?? "unknown"
        if health.exit == .notSignedIn, let problem = health.problems.first {
            return .fail("sign-in", problem.text, problem.next)
        }
        guard status["auth"]?["state"]?.string != "failing" else {
            return .warn("sign-in", "cannot be renewed at the moment\(lastError(status["auth"]))", "partyline status")
        }
        return .pass("sign-in", "\(status["auth"]?["state"]?.string ?? "unknown"), session \(session)")
    }

    private func link(_ status: JSON) -> DoctorCheck {
        let link = status["link"]
        let since = span(since: link?["since"]).map { " for \($0)" } ?? ""
        switch link?["state"]?.string {
        case "up"?: return .pass("link", "up\(since)")
        case "down"?:
            let next = link?["endpoint"]?.string.map { "curl -sSI \($0)" } ?? "partyline status"
            return .fail("link", "down\(since)\(lastError(link))", next)
        case let state: return .warn("link", state ?? "unknown", "partyline status")
        }
    }

    private func snapshot(_ status: JSON) -> DoctorCheck {
        guard let age = status["agent"]?["ageMs"]?.int else {
            return .warn("snapshot", "the agent is not known yet", "partyline status")
        }
        let words = "seen \(Text.span(milliseconds: age)) ago"
        // The service holds a poll for 30 seconds at most.
        return age <= 60_000 ? .pass("snapshot", words) : .warn("snapshot", words, "partyline sync")
    }

    private func clock(_ status: JSON) -> DoctorCheck {
        guard let skew = status["agent"]?["skewMs"]?.int else { return .skip("clock", "not compared yet") }
        let words = "the service's is \(Text.span(milliseconds: abs(skew))) \(skew < 0 ? "behind" : "ahead")"
        return abs(skew) <= 5000 ? .pass("clock", words) : .warn("clock", words, "timedatectl")
    }

    private func webSocket(_ status: JSON) -> DoctorCheck {
        let webSocket = status["webSocket"]
        let state = webSocket?["state"]?.string ?? "unknown"
        if state == "open" {
            return .pass("websocket", "open" + (span(since: webSocket?["since"]).map { " for \($0)" } ?? ""))
        }
        return .warn("websocket", "\(state)\(lastError(webSocket)): chat messages do not arrive", "partyline watch")
    }

    private func eventLog(_ status: JSON) -> DoctorCheck {
        let log = status["eventLog"]
        guard let lines = log?["lines"]?.int, let bytes = log?["bytes"]?.int else {
            return .skip("event log", "the daemon told nothing of it")
        }
        let limit = status["limits"]?["eventLogBytes"]?.int.map { " of \(Text.size($0))" } ?? ""
        return .pass("event log", "\(lines) lines, \(Text.size(bytes))\(limit)")
    }

    private func ports(_ status: JSON) -> DoctorCheck {
        let limit = status["limits"]?["uidPorts"]?.int
        let users = status["ledger"]?["users"]?.array ?? []
        let fullest = users.max { ($0["ports"]?.int ?? 0) < ($1["ports"]?.int ?? 0) }
        let count = status["ports"]?["count"]?.int ?? 0
        guard let limit, let ports = fullest?["ports"]?.int else { return .pass("ports", "\(count)") }
        let words = "\(count); user \(fullest?["uid"]?.int ?? -1) has \(ports) of \(limit)"
        guard ports * 5 <= limit * 4 else {
            return .warn("ports", words, "partyline status   shows whose they are; limits.uidPorts allows more")
        }
        return .pass("ports", words)
    }

    /// Counted since the daemon was started: each was somebody's trouble.
    private func troubles(_ status: JSON) -> DoctorCheck {
        let kinds = [
            ("refusedConnections", "refused connections"), ("badLines", "bad lines"),
            ("refusedMessages", "messages without permission"), ("limitedRequests", "requests beyond a limit"),
            ("lags", "programs too slow"),
        ]
        let found = kinds.compactMap { kind -> String? in
            guard let count = status["counters"]?[kind.0]?.int, count > 0 else { return nil }
            return "\(count) \(kind.1)"
        }
        guard !found.isEmpty else { return .pass("troubles", "none counted") }
        return .warn("troubles", found.joined(separator: ", "), facts.place.journalCommand)
    }

    private func state(_ status: JSON) -> DoctorCheck {
        switch status["state"]?["kept"]?.string {
        case nil: return .skip("state", "the daemon told nothing of it")
        case "none"?:
            return .warn(
                "state", "not kept: after a restart of the daemon every program begins afresh", "man partylined")
        case let place?:
            let size = status["state"]?["bytes"]?.int.map { ", \(Text.size($0))" } ?? ""
            return .pass("state", "kept over restarts by \(place)\(size)")
        }
    }

    private func lastError(_ part: JSON?) -> String { part?["lastError"]?.string.map { ": \($0)" } ?? "" }

    private func span(since instant: JSON?) -> String? {
        instant?.string.flatMap { Timestamp.milliseconds($0) }.map { Text.span(milliseconds: Int(facts.now - $0)) }
    }
}
