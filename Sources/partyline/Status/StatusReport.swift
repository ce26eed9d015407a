import AgentModel
import StreamsProtocol

/// The status for people. It prints what is there: a daemon of another version may say more, or less.
struct StatusReport {
    private let status: JSON
    private let now: Int64

    /// A report at that instant (milliseconds since 1970).
    init(_ status: JSON, now: Int64) {
        self.status = status
        self.now = now
    }

    func lines(_ palette: Palette, shown: (String) -> String = CommandName.here) -> [String] {
        let problems = StatusHealth(status).problems.flatMap { problem in
            [palette.red("! \(problem.text)")] + (problem.next.map { ["    next: \(shown($0))"] } ?? [])
        }
        let rows = sections.filter { !$0.text.isEmpty }
        let width = (rows.map(\.title.count).max() ?? 0) + 2
        let body = rows.map { palette.bold(Text.left($0.title, width)) + $0.text }
        return problems + (problems.isEmpty ? [] : [""]) + body + portLines(width)
    }

    private var sections: [(title: String, text: String)] {
        [
            ("Agent", agent), ("Sign-in", signIn), ("Link", link), ("Websocket", webSocket), ("Event log", eventLog),
            ("Daemon", daemon), ("Ports", ports),
        ]
    }

    private var agent: String {
        guard let agent = status["agent"], !agent.isNull else { return "not known yet" }
        let state = agent["state"]?.string ?? agent["state"]?["name"]?.string
        let age = agent["ageMs"]?.int.map { "seen \(Text.span(milliseconds: $0)) ago" }
        let skew = agent["skewMs"]?.int.flatMap {
            abs($0) < 5000 ? nil : "clock differs by \(Text.span(milliseconds: abs($0)))"
        }
        return join([agent["name"]?.string, state, age, skew])
    }

    private var signIn: String {
        let auth = status["auth"]
        let expiry = auth?["expiresAt"]?.string.map(until)
        let source = status["session"]?["source"]?.string.map { "by \($0)" }
        let session = status["session"]?["state"]?.string.map { "session \($0)" }
        return join([auth?["state"]?.string, expiry, source, session])
    }

    private var link: String {
        let link = status["link"]
        let endpoint = link?["endpoint"]?.string
        return join([link?["state"]?.string.map { $0 + since(link) }, endpoint, error(link)])
    }

    private var webSocket: String {
        let webSocket = status["webSocket"]
        let topics = (webSocket?["topics"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
        return join([webSocket?["state"]?.string.map { $0 + since(webSocket) }, topics, error(webSocket)])
    }

    private var ports: String {
        guard let count = status["ports"]?["count"]?.int else { return "" }
        let limit = status["limits"]?["ports"]?.int.map { " of \($0)" } ?? ""
        return "\(count)\(limit)"
    }

    private var eventLog: String {
        let log = status["eventLog"]
        return join([log?["lines"]?.int.map { "\($0) lines" }, log?["bytes"]?.int.map { Text.size($0) }])
    }

    private var daemon: String {
        let daemon = status["daemon"]
        return join([
            daemon?["version"]?.string.map { "partylined \($0)" }, daemon?["pid"]?.int.map { "pid \($0)" },
            daemon?["uptimeMs"]?.int.map { "up \(Text.span(milliseconds: $0))" },
        ])
    }

    private func portLines(_ width: Int) -> [String] {
        let table = PortTable(status["ports"]?["list"]?.array ?? [], now: now)
        return table.lines.map { String(repeating: " ", count: width) + $0 }
    }

    private func since(_ part: JSON?) -> String { part?["since"]?.string.flatMap(span).map { " for \($0)" } ?? "" }

    private func error(_ part: JSON?) -> String? { part?["lastError"]?.string.map { "last error: \($0)" } }

    private func span(_ instant: String) -> String? {
        Timestamp.milliseconds(instant).map { Text.span(milliseconds: Int(max(0, now - $0))) }
    }

    private func until(_ instant: String) -> String {
        guard let expiry = Timestamp.milliseconds(instant) else { return "until \(instant)" }
        let left = Int(expiry - now)
        return left < 0
            ? "expired \(Text.span(milliseconds: -left)) ago" : "for another \(Text.span(milliseconds: left))"
    }

    private func join(_ parts: [String?]) -> String {
        parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " · ")
    }
}
