/// How long a message takes to everybody, on a schedule that leaves time for it.
struct FanOutLatency: Measure {
    static let name = "latency"
    static let summary = "p50, p99, p99.9 at 100 messages a second, 100 subscribers, 8 KiB, beside the same systems"

    private static let (subscribers, size, rate) = (100, 8192, 100.0)

    func tables(_ setting: Setting) throws -> [Table] {
        let stage = try Stage()
        let systems = try FanOutSystem.all(setting, in: stage)
        var runs = [[Latencies]](repeating: [], count: systems.count)
        for round in 1...setting.rounds {
            for (index, system) in systems.enumerated() {
                do {
                    let swarm = try system.swarm(subscribers: Self.subscribers, size: Self.size)
                    runs[index].append(try swarm.latencies(rate: Self.rate, seconds: setting.seconds ?? 4))
                    swarm.leave()
                } catch {
                    setting.say("\(system.name), round \(round): \(error)")
                }
            }
            setting.say("round \(round) of \(setting.rounds)")
        }
        let redis = systems.firstIndex { $0.name == SystemName.redis.rawValue }.map { runs[$0].median(99) }
        var table = Table(
            title: "From the time a message is due to its delivery",
            columns: ["system", "p50", "p99", "p99.9", "greatest", "p99 to redis's", "wanted"])
        for (system, runs) in zip(systems, runs) where !runs.isEmpty {
            let isOurs = setting.builds.contains { system.name.hasPrefix($0.name) }
            table.rows.append(
                [.init(text: system.name)] + [50, 99, 99.9].map { .milliseconds(runs.median($0)) } + [
                    .milliseconds(runs.map(\.greatest).max() ?? 0),
                    redis.map { .ratio(runs.median(99) / $0) } ?? .none, isOurs ? "≤ 1.00" : .none,
                ])
        }
        table.notes = [
            "\(Int(Self.rate)) messages of \(Self.size) bytes a second, \(Self.subscribers) subscribers.",
            "Medians of \(setting.rounds) interleaved rounds, the greatest of all.",
        ]
        return [table]
    }
}

extension [Latencies] {
    /// The median of a percentile.
    func median(_ percentile: Double) -> Double { map { $0.percentile(percentile) }.median }
}
