// SPDX-License-Identifier: Apache-2.0

/// Deliveries per second in a closed loop with 16 messages in flight.
struct FanOutThroughput: Measure {
    static let name = "fan-out"
    static let summary = "deliveries/s by subscribers × size, compared with plain, redis, mosquitto and nats"

    func tables(_ setting: Setting) throws -> [Table] {
        let stage = try Stage()
        let systems = try FanOutSystem.all(setting, in: stage)
        var table = Table(
            title: "Deliveries per second; the other systems relative to plain",
            columns: ["subscribers × bytes", "plain"] + systems.dropFirst().map(\.name) + ["target"])
        guard systems.first?.name == SystemName.plain.rawValue else {
            throw Failure("fan-out compares with plain: add plain to --systems")
        }
        var load = Load()
        for size in setting.sizes {
            for subscribers in setting.subscribers {
                let medians = cell(subscribers, size, systems, setting, &load)
                table.rows.append(["\(subscribers) × \(size)"] + Self.cells(medians) + [Self.target(subscribers, size)])
            }
        }
        let peers = systems.map { "\($0.name): \($0.detail)" }.joined(separator: "; ")
        table.notes = [
            "Medians of \(setting.rounds) interleaved rounds.", "\(peers).",
            "The load (one thread: the publisher and all subscribers) used \(load.text) of a core.",
        ]
        return [table]
    }

    /// Runs every system once per round, so that changes in the machine's speed affect all systems alike.
    private func cell(
        _ subscribers: Int, _ size: Int, _ systems: [FanOutSystem], _ setting: Setting, _ load: inout Load
    ) -> [Double] {
        var runs = [[Double]](repeating: [], count: systems.count)
        for round in 1...setting.rounds {
            for (index, system) in systems.enumerated() {
                do {
                    let swarm = try system.swarm(subscribers: subscribers, size: size)
                    let result = try swarm.throughput(seconds: setting.seconds ?? 1)
                    swarm.waitUntilClosable()
                    runs[index].append(result.deliveriesPerSecond)
                    load.add(result.ownLoad)
                } catch {
                    setting.log("\(system.name), \(subscribers) × \(size), round \(round): \(error)")
                }
            }
        }
        let medians = runs.map(\.median)
        let figures = zip(systems, medians).map { "\($0.name) \(Int($1))" }.joined(separator: ", ")
        setting.log("\(subscribers) × \(size): \(figures)")
        return medians
    }

    private static func cells(_ medians: [Double]) -> [Cell] {
        guard let plain = medians.first, plain > 0 else { return medians.map { _ in .none } }
        return [.number(plain)] + medians.dropFirst().map { $0 > 0 ? .ratio($0 / plain) : .none }
    }

    private static func target(_ subscribers: Int, _ size: Int) -> Cell {
        guard [10, 100, 1000].contains(subscribers) else { return .none }
        return size >= 8192 ? "≥ 0.95" : size <= 1024 ? "≥ 0.90, ≥ redis" : .none
    }

    /// The range of the load's own processor use. Near 100 % the load limits the figures.
    private struct Load {
        private var least = 1.0
        private var most = 0.0

        mutating func add(_ part: Double) {
            least = min(least, part)
            most = max(most, part)
        }

        var text: String { "\(Int(least * 100))–\(Int(most * 100)) %" }
    }
}
