// SPDX-License-Identifier: Apache-2.0

/// A running server whose fan-out can be measured.
struct FanOutSystem {
    let name: String
    /// A description or version for the note below the table.
    let detail: String
    let address: Address
    let dialect: any Dialect
    /// Stopped with its last reference; two systems may share one process.
    let child: Child

    func swarm(subscribers: Int, size: Int) throws(Failure) -> Swarm {
        try Swarm(dialect, address, subscribers: subscribers, size: size)
    }
}

/// The names that `--systems` takes, in the order of the tables.
enum SystemName: String, CaseIterable {
    case plain, gathering, partyline, subscribers, redis, mosquitto, nats
}

extension FanOutSystem {
    /// Starts the selected systems that are installed, each on its own socket or loopback port.
    static func all(_ setting: Setting, in stage: Stage) throws -> [FanOutSystem] {
        var systems: [FanOutSystem] = []
        for name in SystemName.allCases where setting.systems.contains(name) {
            switch name {
            case .plain, .gathering:
                systems.append(try plain(isGathering: name == .gathering, setting, in: stage))
            case .partyline:
                let hasSubscribers = setting.systems.contains(.subscribers)
                for build in setting.builds { systems += try partyline(build, hasSubscribers, setting, in: stage) }
            case .subscribers: continue
            case .redis: systems += [try redis(in: stage)].compactMap(\.self)
            case .mosquitto: systems += [try mosquitto(in: stage)].compactMap(\.self)
            case .nats: systems += [try nats(in: stage)].compactMap(\.self)
            }
        }
        for name in [SystemName.redis, .mosquitto, .nats] where setting.systems.contains(name) {
            if !systems.contains(where: { $0.name == name.rawValue }) { setting.log("\(name) is not installed") }
        }
        return systems
    }

    private static func partyline(
        _ build: DaemonBuild, _ hasSubscribers: Bool, _ setting: Setting, in stage: Stage
    ) throws -> [FanOutSystem] {
        let daemon = try Daemon(build, in: stage)
        try daemon.waitUntilReady()
        func system(_ name: String, _ detail: String, _ side: LineDialect.Side) -> FanOutSystem {
            let dialect = LineDialect(side: side)
            return FanOutSystem(
                name: name, detail: detail, address: daemon.address, dialect: dialect, child: daemon.child)
        }
        let streams = system(build.name, "ports of the Streams dialect", .streams)
        guard hasSubscribers else { return [streams] }
        guard try daemon.knowsSubscriptions() else {
            setting.log("\(build.name) does not support subscribe: its subscribers are not measured")
            return [streams]
        }
        let detail = "subscribed ports, lines with clocks"
        return [streams, system("\(build.name), subscribers", detail, .subscribers)]
    }
}
