import AgentModel
import StreamsProtocol

/// The programs on the line, one a row, columns aligned.
struct PortTable {
    let lines: [String]

    init(_ ports: [JSON], now: Int64) {
        let rows = ports.map { Self.row($0, now) }
        let widths = (0..<Self.columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        lines = rows.map { Self.line($0, widths) }
    }

    private static let columns = 5

    private static func row(_ port: JSON, _ now: Int64) -> [String] {
        let program: String? = port["program"]?.string
        let pid: String? = port["pid"]?.int.map { "pid \($0)" }
        let uid: String? = port["uid"]?.int.map { "uid \($0)" }
        let since: Int64? = port["connectedAt"]?.string.flatMap { Timestamp.milliseconds($0) }
        let age: String? = since.map { "for " + Text.span(milliseconds: Int(now - $0)) }
        let cells: [String?] = [program ?? "?", pid, uid, port["role"]?.string, age]
        return cells.map { $0 ?? "" }
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = zip(cells, widths).map { Text.left($0, $1) }.joined(separator: "  ")[...]
        while line.last == " " { line = line.dropLast() }
        return String(line)
    }
}
