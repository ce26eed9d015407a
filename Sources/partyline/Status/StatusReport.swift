import AgentModel
import StreamsProtocol

/// The status for people. It prints what is there: a daemon of another version may say more, or less.
struct StatusReport {
    private let status: JSON
    private let times: StatusTimes
    private let now: Int64
    private let place: SocketPlace

    /// A report at that instant (milliseconds since 1970).
    init(_ status: JSON, now: Int64, _ place: SocketPlace = .userService) {
        self.status = status
        self.place = place
        self.now = now
        times = StatusTimes(now: now)
    }

    func lines(_ palette: Palette, shown: (String) -> String = CommandName.here) -> [String] {
        let problems = StatusHealth(status, place).problems.flatMap { problem in
            [palette.red("! \(Text.printable(problem.text))")]
                + (problem.next.map { ["    next: \(Text.printable(shown($0)))"] } ?? [])
        }
        let rows = (sections + StatusHousekeeping(status).sections).filter { !$0.text.isEmpty }
        let width = (rows.map(\.title.count).max() ?? 0) + 2
        let body = rows.map { palette.bold(Text.left($0.title, width)) + Text.printable($0.text) }
        return problems + (problems.isEmpty ? [] : [""]) + body + portLines(width)
    }

    private var sections: [StatusSection] {
        [
            .init("Agent", agent), .init("Sign-in", signIn), .init("Link", link), .init("Clock", clock),
            .init("Websocket", webSocket), .init("Daemon", daemon),
        ]
    }

    private var agent: String {
        guard let agent = status["agent"], !agent.isNull else { return "not known yet" }
        let state = agent["state"]?.string ?? agent["state"]?["name"]?.string
        let age = agent["ageMs"]?.int.map { "seen \(Text.span(milliseconds: $0)) ago" }
        let configuration = (agent["configurationAgeMs"]?.int ?? times.age(of: agent["configurationAsOf"])).map {
            "configuration of \(Text.span(milliseconds: $0)) ago"
        }
        return StatusSection.join([agent["name"]?.string, state, age, configuration])
    }

    private var signIn: String {
        let auth = status["auth"]
        let expiry = auth?["expiresAt"]?.string.map(times.until)
        let source = status["session"]?["source"]?.string.map { "by \($0)" }
        let session = status["session"]?["state"]?.string.map { "session \($0)" }
        return StatusSection.join([auth?["state"]?.string, expiry, source, session])
    }

    private var link: String {
        let link = status["link"]
        let retry = times.left(until: link?["nextRetry"]).map { "next attempt in \(Text.span(milliseconds: $0))" }
        return StatusSection.join([
            link?["state"]?.string.map { $0 + times.since(link) }, link?["endpoint"]?.string, error(link),
            Self.count(link?["failures"], "failed attempt"), retry, Self.count(link?["callsInFlight"], "call"),
            Self.count(link?["syncsInFlight"], "sync").map { "\($0) waiting" },
        ])
    }

    /// How far the service's clock and this machine's are apart.
    private var clock: String {
        guard let skew = status["agent"]?["skewMs"]?.int else { return "" }
        if abs(skew) < 1000 { return "agrees with the service's (\(skew) ms)" }
        let side = skew > 0 ? "behind" : "ahead of"
        return "\(Text.span(milliseconds: abs(skew))) \(side) the service's"
    }

    private var webSocket: String {
        let webSocket = status["webSocket"]
        let topics = (webSocket?["topics"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
        return StatusSection.join([
            webSocket?["state"]?.string.map { $0 + times.since(webSocket) }, topics, error(webSocket),
        ])
    }

    private var daemon: String {
        let daemon = status["daemon"]
        return StatusSection.join([
            daemon?["version"]?.string.map { "partylined \($0)" }, daemon?["pid"]?.int.map { "pid \($0)" },
            daemon?["uptimeMs"]?.int.map { "up \(Text.span(milliseconds: $0))" },
        ])
    }

    private func portLines(_ width: Int) -> [String] {
        let table = PortTable(status["ports"]?["list"]?.array ?? [], now: now)
        return table.lines.map { String(repeating: " ", count: width) + $0 }
    }

    private func error(_ part: JSON?) -> String? { part?["lastError"]?.string.map { "last error: \($0)" } }

    /// `3 calls`; nil if there are none.
    private static func count(_ value: JSON?, _ noun: String) -> String? {
        guard let count = value?.int, count > 0 else { return nil }
        return count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }
}
