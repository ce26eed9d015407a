import AgentModel
import StreamsProtocol

/// The programs on the line, one a row, columns aligned; a column that says nothing of any of them is left out.
struct PortTable {
    let lines: [String]

    init(_ ports: [JSON], now: Int64) {
        let rows = ports.map { Self.row($0, now) }
        let columns = rows.first?.indices.map { column in rows.map { $0[column].count }.max() ?? 0 } ?? []
        lines = rows.map { Self.line($0, columns) }
    }

    private static func row(_ port: JSON, _ now: Int64) -> [String] {
        let program: String? = port["program"]?.string
        let pid: String? = port["pid"]?.int.map { "pid \($0)" }
        let uid: String? = port["uid"]?.int.map { "uid \($0)" }
        let since: Int64? = port["connectedAt"]?.string.flatMap { Timestamp.milliseconds($0) }
        let age: String? = since.map { "for " + Text.span(milliseconds: Int(now - $0)) }
        let cells = [program ?? "?", pid, uid, port["role"]?.string, age, interest(port), burden(port)]
        return cells.map { Text.printable($0 ?? "") }
    }

    /// What it is told: everything as Streams has it, or what it has subscribed to.
    private static func interest(_ port: JSON) -> String? {
        guard port["dialect"]?.string == "subscriber" else { return port["dialect"]?.string }
        let patterns = (port["events"]?.array ?? []).compactMap(\.string).joined(separator: " ")
        let mode = port["mode"]?.string == "latest" ? " (latest)" : ""
        return "subscribes " + Text.cut(patterns, 40) + mode
    }

    /// What it costs just now.
    private static func burden(_ port: JSON) -> String? {
        let counts: [String?] = [
            some(port["requests"]).map { $0 == 1 ? "1 request under way" : "\($0) requests under way" },
            some(port["behind"]).map { "\($0) lines behind" },
            some(port["replyBytes"]).map { "\(Text.size($0)) of replies unread" },
        ]
        let words = counts.compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    private static func some(_ value: JSON?) -> Int? { value?.int.flatMap { $0 > 0 ? $0 : nil } }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        let shown = zip(cells, widths).filter { $0.1 > 0 }
        var line = shown.map { Text.left($0.0, $0.1) }.joined(separator: "  ")[...]
        while line.last == " " { line = line.dropLast() }
        return String(line)
    }
}
