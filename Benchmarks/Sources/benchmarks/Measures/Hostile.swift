// SPDX-License-Identifier: Apache-2.0

/// The effect of a misbehaving client of the same user on the latency of 100 well-behaved subscribers.
struct Hostile: Measure {
    static let name = "hostile"
    static let summary = "latency of 100 well-behaved subscribers without and with each kind of bad client"

    private static let (subscribers, size, rate) = (100, 8192, 100.0)
    /// A smaller event log than the default, so that a client that does not read lags within the run.
    private static let settings = ["limits.eventLogBytes": "\(4 << 20)"]

    func tables(_ setting: Setting) throws -> [Table] {
        setting.builds.map { build in
            var runs: [(name: String, results: [Result])] =
                [(Self.noClient, [])] + Misbehaviour.allCases.map { ($0.label, []) }
            for round in 1...setting.rounds {
                for (index, kind) in ([nil] + Misbehaviour.allCases).enumerated() {
                    do { runs[index].results.append(try Self.run(kind, build, setting)) } catch {
                        setting.log("\(runs[index].name), round \(round): \(error)")
                    }
                }
                setting.log("\(build.name): round \(round) of \(setting.rounds)")
            }
            return Self.table(build, runs, setting)
        }
    }

    private static let noClient = "none"

    private struct Result {
        let latencies: Latencies
        let peak: Double
        let journal: JournalTally
        /// The errors that the bad client received.
        let received: String
    }

    /// Starts a new daemon for each run: limits that count attempts must not carry over.
    private static func run(_ kind: Misbehaviour?, _ build: DaemonBuild, _ setting: Setting) throws -> Result {
        let seconds = setting.seconds ?? 8
        let stage = try Stage()
        let daemon = try Daemon(build, in: stage, settings: settings)
        try daemon.waitUntilReady()
        let dialect = LineDialect(side: .streams)
        let swarm = try Swarm(dialect, daemon.address, subscribers: subscribers, size: size)
        guard case .unix(let socket) = daemon.address else { throw Failure("the daemon has a Unix socket") }
        let bad = try kind.map {
            try Child(setting.ownPath, ["misbehave", $0.rawValue, socket, "\(seconds + 1)"], in: stage.folder)
        }
        let latencies = try swarm.latencies(rate: rate, seconds: seconds)
        _ = bad?.hasEnded(within: 10)
        return Result(
            latencies: latencies, peak: daemon.child.figures.residentPeak, journal: JournalTally(daemon.child.errors),
            received: bad?.output.split(separator: "\n").last.map(String.init) ?? "")
    }

    private static func table(
        _ build: DaemonBuild, _ runs: [(name: String, results: [Result])], _ setting: Setting
    ) -> Table {
        var table = Table(
            title: "\(build.name): \(subscribers) ports, \(Int(rate)) messages of \(size) bytes per second",
            columns: [
                "bad client", "p50", "p99", "p99 / none", "target", "peak memory, MiB", "warnings in the log",
                "the bad client received",
            ])
        let alone = runs[0].results.map(\.latencies).median(99)
        for (name, results) in runs where !results.isEmpty {
            let latencies = results.map(\.latencies)
            table.rows.append([
                .init(text: name), .milliseconds(latencies.median(50)), .milliseconds(latencies.median(99)),
                .ratio(latencies.median(99) / alone), name == noClient ? .none : "≤ 2.00",
                .number(results.map(\.peak).median / 1024, digits: 1), .init(text: results.last?.journal.text ?? ""),
                .init(text: results.last?.received ?? ""),
            ])
        }
        table.notes = [
            "Each run has its own daemon and bad client, of the same user; `limits.eventLogBytes` is 4 MiB. Medians of",
            "\(setting.rounds) interleaved rounds; the last two columns are from the last round.",
            "*spins* never connects: its effect on p99 is the machine's, not the daemon's.",
        ]
        return table
    }
}

/// Counts the messages in a daemon's log of level warning and above.
struct JournalTally {
    private var counts: [String: Int] = [:]

    init(_ journal: String) {
        for line in journal.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count == 3, ["warning:", "error:", "critical:"].contains(words[1]) else { continue }
            counts[Self.message(words[2]), default: 0] += 1
        }
    }

    /// The most frequent messages with their counts.
    var text: String {
        counts.isEmpty ? "–" : counts.mostFrequent.joined(separator: "; ")
    }

    /// A message without its metadata, and with numbers replaced so that equal messages are counted together.
    private static func message(_ line: Substring) -> String {
        let words = line.split(separator: " ").prefix { !$0.contains("=") }
        let text = words.map { $0.contains(where: \.isNumber) ? "N" : String($0) }.joined(separator: " ")
        return text.count > 70 ? text.prefix(69) + "…" : text
    }
}
