// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// The status for people: problems first, then a row for each part, then the connected programs.
struct StatusReport {
    private let status: DaemonStatus
    /// Milliseconds since 1970.
    private let now: Int64
    private let userName: (UInt32) -> String?

    init(
        _ status: DaemonStatus, now: Int64, userName: @escaping (UInt32) -> String? = UserName.of
    ) {
        self.status = status
        self.now = now
        self.userName = userName
    }

    func lines(_ palette: Palette, shown: (String) -> String = CommandName.here) -> [String] {
        let problems = StatusHealth(status).problems.flatMap { problem in
            [palette.red("! \(Text.printable(problem.text))")]
                + problem.next.enumerated().map { index, command in
                    (index == 0 ? "    next: " : "      or: ") + Text.printable(shown(command))
                }
        }
        let rows = rows.filter { !$0.text.isEmpty }
        let width = (rows.map(\.title.count).max() ?? 0) + 2
        let body = rows.map { palette.bold(Text.left($0.title, width)) + Text.printable($0.text) }
        let ports = PortTable(status.ports.list, now: now, userName).lines.map {
            String(repeating: " ", count: width) + $0
        }
        return problems + (problems.isEmpty ? [] : [""]) + body + ports
    }

    private var rows: [(title: String, text: String)] {
        [
            ("Agent", agent), ("Sign-in", signIn), ("Link", link), ("Clock", clock), ("Websocket", webSocket),
            ("Daemon", daemon), ("Event log", eventLog), ("State", state), ("Limits", limits), ("Counted", counters),
            ("Ports", ports),
        ]
    }

    // MARK: Upstream

    private var agent: String {
        guard let agent = status.agent else { return "not known yet" }
        let configuration = agent.configurationAgeMs.map { "configuration of \(Text.span(milliseconds: $0)) ago" }
        return Self.join([
            agent.name, agent.state, "seen \(Text.span(milliseconds: agent.ageMs)) ago", configuration,
        ])
    }

    private var signIn: String {
        Self.join([
            status.auth.state.rawValue, tokenEnd, "by \(status.session.source.rawValue)",
            "session \(status.session.state.rawValue)",
            status.auth.endsWhenFree ? "is logged out when the last contact has gone" : nil,
        ])
    }

    /// Nothing for a token that is not accepted any more.
    private var tokenEnd: String? {
        switch status.auth.state {
        case .refused, .prompting, .required: nil
        case .none, .authorizing, .signedIn, .degraded, .failing, .expired: status.auth.expiresAt.map(until)
        }
    }

    private func until(_ instant: Int64) -> String {
        let left = Int(instant - now)
        return left < 0
            ? "expired \(Text.span(milliseconds: -left)) ago" : "for another \(Text.span(milliseconds: left))"
    }

    private var link: String {
        let link = status.link
        let retry = link.nextRetry.map { "next attempt in \(Text.span(milliseconds: Int(max(0, $0 - now))))" }
        return Self.join([
            link.state.rawValue + since(link.since), link.endpoint, link.lastError.map { "last error: \($0)" },
            Self.count(link.failures, "failed attempt"), retry, Self.count(link.callsInFlight, "call"),
            Self.count(link.syncsInFlight, "sync").map { "\($0) waiting" },
        ])
    }

    /// The difference between the service's clock and this machine's.
    private var clock: String {
        guard let skew = status.agent?.skewMs else { return "" }
        if abs(skew) < 1000 { return "agrees with the service's (\(skew) ms)" }
        let side = skew > 0 ? "behind" : "ahead of"
        return "\(Text.span(milliseconds: abs(skew))) \(side) the service's"
    }

    private var webSocket: String {
        Self.join([
            status.webSocket.state.rawValue + since(status.webSocket.since),
            status.webSocket.topics.joined(separator: ", "),
        ])
    }

    // MARK: The daemon

    private var daemon: String {
        let daemon = status.daemon
        return Self.join([
            "partylined \(daemon.version)", "pid \(daemon.pid)", "up \(Text.span(milliseconds: daemon.uptimeMs))",
            daemon.configurationFile.map { "configured by \($0)" } ?? "no configuration file",
        ])
    }

    private var eventLog: String {
        let log = status.eventLog
        return Self.join([
            Text.count(log.lines, "line"), "\(Text.size(log.bytes)) of \(Text.size(status.limits[.eventLogBytes]))",
            "clock \(log.clock), kept after \(log.oldest)",
        ])
    }

    private var state: String {
        switch status.state.kept {
        case .none: "not kept over restarts"
        case .systemd, .files: Self.join(["kept by \(status.state.kept.rawValue)", status.state.place])
        }
    }

    private var limits: String {
        let limits = status.limits
        return Self.join([
            "\(limits[.uidPorts]) ports a user", "\(limits[.programPorts]) a program",
            "\(limits[.requests]) requests a port", "\(Text.size(limits[.replyBytes])) unread",
            "lines of \(Text.size(limits[.lineBytes]))",
        ])
    }

    private var counters: String {
        let counted = DaemonStatus.Counter.allCases.filter { status.counters[$0] > 0 }
        let lost = Self.count(status.daemon.lostLogLines, "log line").map { "\($0) lost" }
        return Self.join(counted.map { "\(status.counters[$0]) \(Self.noun($0))" } + [lost])
    }

    private static func noun(_ counter: DaemonStatus.Counter) -> String {
        switch counter {
        case .connections: "connections"
        case .refusedConnections: "refused"
        case .badLines: "bad lines"
        case .unknownEvents: "unknown events"
        case .ignoredConfigures: "configures ignored"
        case .refusedMessages: "messages without permission"
        case .limitedRequests: "requests beyond a limit"
        case .lags: "lags"
        }
    }

    private var ports: String { Self.join(["\(status.ports.count)"] + status.ledger.users.map(user)) }

    private func user(_ user: DaemonStatus.User) -> String {
        let name = UInt32(exactly: user.uid).flatMap(userName)
        let requests = Self.count(user.requests, "request").map { ", \($0) under way" } ?? ""
        return
            "\(name.map { "\($0) (\(user.uid))" } ?? "uid \(user.uid)"): \(user.ports) of \(status.limits[.uidPorts])\(requests)"
    }

    // MARK: Words

    /// The non-empty parts, joined by dots.
    private static func join(_ parts: [String?]) -> String {
        parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " · ")
    }

    private func since(_ instant: Int64) -> String { " for \(Text.span(milliseconds: Int(max(0, now - instant))))" }

    /// `3 calls`; nil for 0.
    fileprivate static func count(_ count: Int, _ noun: String) -> String? {
        count > 0 ? Text.count(count, noun) : nil
    }
}

/// The connected programs, one per row, in aligned columns. A column that is empty in every row is omitted.
private struct PortTable {
    let lines: [String]

    init(_ ports: [DaemonStatus.Port], now: Int64, _ userName: (UInt32) -> String?) {
        let rows = ports.map { Self.row($0, now, UInt32(exactly: $0.uid).flatMap(userName)) }
        let columns = rows.first?.indices.map { column in rows.map { $0[column].count }.max() ?? 0 } ?? []
        lines = rows.map { Self.line($0, columns) }
    }

    private static func row(_ port: DaemonStatus.Port, _ now: Int64, _ user: String?) -> [String] {
        let age = "for " + Text.span(milliseconds: Int(now - port.connectedAt))
        let cells = [
            port.program ?? "?", "pid \(port.pid)", user ?? "uid \(port.uid)", port.role.rawValue, age, interest(port),
            load(port),
        ]
        return cells.map { Text.printable($0) }
    }

    /// What the port receives: the Streams dialect or its own subscription.
    private static func interest(_ port: DaemonStatus.Port) -> String {
        switch port.dialect {
        case .streams: port.dialect.rawValue
        case .subscriber:
            "subscribes " + Text.cut((port.events ?? []).joined(separator: " "), 40)
                + (port.mode == .latest ? " (latest)" : "")
        }
    }

    private static func load(_ port: DaemonStatus.Port) -> String {
        let counts: [String?] = [
            StatusReport.count(port.requests, "request").map { "\($0) under way" },
            StatusReport.count(port.behind, "line").map { "\($0) behind" },
            port.replyBytes > 0 ? "\(Text.size(port.replyBytes)) of replies unread" : nil,
        ]
        return counts.compactMap { $0 }.joined(separator: ", ")
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        let shown = zip(cells, widths).filter { $0.1 > 0 }
        var line = shown.map { Text.left($0.0, $0.1) }.joined(separator: "  ")[...]
        while line.last == " " { line = line.dropLast() }
        return String(line)
    }
}
