// SPDX-License-Identifier: Apache-2.0

/// The latency of deliveries at a fixed rate that all systems can sustain.
struct FanOutLatency: Measure {
    static let name = "latency"
    static let summary = "delivery latency at 100 messages/s, 100 subscribers, 8 KiB, compared with the same systems"

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
                    swarm.waitUntilClosable()
                } catch {
                    setting.log("\(system.name), round \(round): \(error)")
                }
            }
            setting.log("round \(round) of \(setting.rounds)")
        }
        let redis = systems.firstIndex { $0.name == SystemName.redis.rawValue }.map { runs[$0].median(99) }
        var table = Table(
            title: "Time from when a message is due until its delivery",
            columns: ["system", "p50", "p99", "p99.9", "max", "p99 / redis", "target"])
        for (system, runs) in zip(systems, runs) where !runs.isEmpty {
            let isOurs = setting.builds.contains { system.name.hasPrefix($0.name) }
            table.rows.append(
                [.init(text: system.name)] + [50, 99, 99.9].map { .milliseconds(runs.median($0)) } + [
                    .milliseconds(runs.map(\.greatest).max() ?? 0),
                    redis.map { .ratio(runs.median(99) / $0) } ?? .none, isOurs ? "≤ 1.00" : .none,
                ])
        }
        table.notes = [
            "\(Int(Self.rate)) messages of \(Self.size) bytes per second, \(Self.subscribers) subscribers.",
            "Medians of \(setting.rounds) interleaved rounds; max is over all rounds.",
        ]
        return [table]
    }
}

extension [Latencies] {
    /// The median over the runs of a percentile, nanoseconds.
    func median(_ percentile: Double) -> Double { map { $0.percentile(percentile) }.median }
}
