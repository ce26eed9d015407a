/// Deliveries a second, as fast as they are taken, with 16 messages in flight.
struct FanOutThroughput: Measure {
    static let name = "fan-out"
    static let summary = "deliveries a second by subscribers × size, beside plain, redis, mosquitto, nats"

    func tables(_ setting: Setting) throws -> [Table] {
        let stage = try Stage()
        let systems = try FanOutSystem.all(setting, in: stage)
        var table = Table(
            title: "Deliveries a second; all but the first column in parts of it",
            columns: ["subscribers × bytes", "plain"] + systems.dropFirst().map(\.name) + ["wanted"])
        guard systems.first?.name == SystemName.plain.rawValue else {
            throw Failure("the fan-out is measured against plain: name it with --systems, too")
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
            "The load (one thread: the publisher and all subscribers) took \(load.text) of a processor.",
        ]
        return [table]
    }

    /// Every system once a round, so that a machine that drifts drifts for all.
    private func cell(
        _ subscribers: Int, _ size: Int, _ systems: [FanOutSystem], _ setting: Setting, _ load: inout Load
    ) -> [Double] {
        var runs = [[Double]](repeating: [], count: systems.count)
        for round in 1...setting.rounds {
            for (index, system) in systems.enumerated() {
                do {
                    let swarm = try system.swarm(subscribers: subscribers, size: size)
                    let result = try swarm.throughput(seconds: setting.seconds ?? 1)
                    swarm.leave()
                    runs[index].append(result.deliveriesPerSecond)
                    load.add(result.ownLoad)
                } catch {
                    setting.say("\(system.name), \(subscribers) × \(size), round \(round): \(error)")
                }
            }
        }
        let medians = runs.map(\.median)
        let words = zip(systems, medians).map { "\($0.name) \(Int($1))" }.joined(separator: ", ")
        setting.say("\(subscribers) × \(size): \(words)")
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

    /// How busy the load was: were it always, it would be what is measured.
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
