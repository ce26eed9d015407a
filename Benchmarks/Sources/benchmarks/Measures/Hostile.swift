/// A hundred good subscribers, and what a bad program under the same user does to them.
struct Hostile: Measure {
    static let name = "hostile"
    static let summary = "p99 of 100 good subscribers without and with a bad port of each kind"

    private static let (subscribers, size, rate) = (100, 8192, 100.0)
    /// A smaller log than the default, so that who does not read falls out of it while one watches.
    private static let settings = ["limits.eventLogBytes": "\(4 << 20)"]

    func tables(_ setting: Setting) throws -> [Table] {
        setting.builds.map { build in
            var runs: [(name: String, results: [Result])] =
                [("nobody", [])] + Misbehaviour.allCases.map { ($0.words, []) }
            for round in 1...setting.rounds {
                for (index, kind) in ([nil] + Misbehaviour.allCases).enumerated() {
                    do { runs[index].results.append(try Self.run(kind, build, setting)) } catch {
                        setting.say("\(runs[index].name), round \(round): \(error)")
                    }
                }
                setting.say("\(build.name): round \(round) of \(setting.rounds)")
            }
            return Self.table(build, runs, setting)
        }
    }

    private struct Result {
        let latencies: Latencies
        let peak: Double
        let journal: JournalTally
        let told: String
    }

    /// One daemon and one bad program a run, so that no verdict is another's.
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
            told: bad?.output.split(separator: "\n").last.map(String.init) ?? "")
    }

    private static func table(
        _ build: DaemonBuild, _ runs: [(name: String, results: [Result])], _ setting: Setting
    ) -> Table {
        var table = Table(
            title: "\(build.name): \(subscribers) good ports, \(Int(rate)) messages of \(size) bytes a second",
            columns: [
                "beside them", "p50", "p99", "p99 to nobody's", "wanted", "peak memory, MiB", "verdicts in the journal",
                "the bad one was told",
            ])
        let alone = runs[0].results.map(\.latencies).median(99)
        for (name, results) in runs where !results.isEmpty {
            let latencies = results.map(\.latencies)
            table.rows.append([
                .init(text: name), .milliseconds(latencies.median(50)), .milliseconds(latencies.median(99)),
                .ratio(latencies.median(99) / alone), name == "nobody" ? .none : "≤ 2.00",
                .number(results.map(\.peak).median / 1024, digits: 1), .init(text: results.last?.journal.text ?? ""),
                .init(text: results.last?.told ?? ""),
            ])
        }
        table.notes = [
            "A daemon and a bad process for each run, all of one user; `limits.eventLogBytes` is 4 MiB here. Medians of",
            "\(setting.rounds) interleaved rounds; the last two columns are the last round's.",
            "*spins* never connects: what it does to p99 is the machine's share, not the daemon's.",
        ]
        return table
    }
}

/// The lines of a daemon's journal that are about somebody's fault: warnings and worse, by their words.
struct JournalTally {
    private var counts: [String: Int] = [:]

    init(_ journal: String) {
        for line in journal.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count == 3, ["warning:", "error:", "critical:"].contains(words[1]) else { continue }
            counts[Self.message(words[2]), default: 0] += 1
        }
    }

    /// The most frequent ones.
    var text: String {
        counts.isEmpty ? "–" : counts.mostFrequent.joined(separator: "; ")
    }

    /// A line without its fields, and without the numbers that make each one different.
    private static func message(_ line: Substring) -> String {
        let words = line.split(separator: " ").prefix { !$0.contains("=") }
        let text = words.map { $0.contains(where: \.isNumber) ? "N" : String($0) }.joined(separator: " ")
        return text.count > 70 ? text.prefix(69) + "…" : text
    }
}
