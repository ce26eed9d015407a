/// A running server whose fan-out can be measured.
struct FanOutSystem {
    let name: String
    /// What it is, for the reader of the table.
    let detail: String
    let address: Address
    let dialect: any Dialect
    /// Ends when nobody has the system any more; shared where two names stand for one process.
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
    /// Starts all that are wanted and installed, each on a socket or loopback port of its own.
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
            if !systems.contains(where: { $0.name == name.rawValue }) { setting.say("\(name) is not installed") }
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
            setting.say("\(build.name) knows no subscribe: its subscribers are not measured")
            return [streams]
        }
        let detail = "ports that subscribed: lines with clocks"
        return [streams, system("\(build.name), subscribers", detail, .subscribers)]
    }
}
