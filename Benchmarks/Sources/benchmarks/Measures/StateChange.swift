// SPDX-License-Identifier: Apache-2.0

/// The latency from a change of the agent's state at the service to the line at a client.
struct StateChange: Measure {
    static let name = "state-change"
    static let summary = "a state change in the simulator → the line at a client"

    func tables(_ setting: Setting) throws -> [Table] {
        var table = Table(
            title: "Time from requesting the change at the simulator until the client has the line",
            columns: ["path", "changes", "p50", "p90", "p99", "max"])
        let count = setting.seconds.map { Int($0 * 4) } ?? 200
        try table.rows.append(directRow(setting, count))
        for build in setting.builds {
            for isWaiting in [true, false] {
                try table.rows.append(row(build, isWaiting, setting, count))
                setting.log("\(build.name) measured \(isWaiting ? "with the poll waiting" : "back to back")")
            }
        }
        table.notes = [
            "After each snapshot the daemon waits `timers.snapshotInterval` (100 ms, like Streams) before it polls again.",
            "*Poll waiting*: a change comes 250 ms after the previous one, when the next poll is open. *Back to back*: it",
            "comes at a random time within 100 ms, so most of the latency is that interval.",
        ]
        return [table]
    }

    /// The reference: a long poll without a daemon.
    private func directRow(_ setting: Setting, _ count: Int) throws -> [Cell] {
        let stage = try Stage()
        let simulator = try Simulator(setting.simulator, in: stage)
        let service = try simulator.service()
        var token = try service.call("GetAgentSnapshot", ["timeout": 30_000])["nextToken"] as? String ?? ""
        var state = AgentState.lunch
        var times = Latencies()
        for _ in 0..<count {
            try service.send("GetAgentSnapshot", ["timeout": 30_000, "nextToken": token])
            Clock.sleep(0.05)
            let start = Clock.now
            try simulator.beginChange(to: state)
            token = try service.connection.answer().json["nextToken"] as? String ?? ""
            times.record(service.connection.answeredAt - start)
            try simulator.finishChange()
            state = state.other
        }
        return Self.cells("no daemon: a direct long poll", times)
    }

    private func row(_ build: DaemonBuild, _ isWaiting: Bool, _ setting: Setting, _ count: Int) throws -> [Cell] {
        let stage = try Stage()
        let simulator = try Simulator(setting.simulator, in: stage)
        let daemon = try Daemon(build, in: stage, session: simulator)
        try daemon.waitUntilReady(hasSession: true)
        let client = try daemon.client()
        let isSubscriber = try client.request("subscribe", ["events": ["agent::state_change"]]) != nil
        var state = AgentState.lunch
        var times = Latencies()
        for _ in 0..<count {
            let start = Clock.now
            try simulator.beginChange(to: state)
            let line = try client.next("agent::state_change", "agent::update") { Self.contains(state, $0) }
            times.record(line.at - start)
            try simulator.finishChange()
            state = state.other
            Clock.sleep(isWaiting ? 0.25 : .random(in: 0...0.1))
        }
        let event = isSubscriber ? "agent::state_change" : "agent::update"
        return Self.cells("\(build.name), \(event), \(isWaiting ? "poll waiting" : "back to back")", times)
    }

    /// Whether the data of `agent::state_change` or `agent::update` has the state.
    private static func contains(_ state: AgentState, _ data: [String: Any]) -> Bool {
        if let name = data["newState"] as? String { return name == state.rawValue }
        let snapshot = data["snapshot"] as? [String: Any]
        return (snapshot?["state"] as? [String: Any])?["name"] as? String == state.rawValue
    }

    private static func cells(_ name: String, _ times: Latencies) -> [Cell] {
        [.init(text: name), .number(Double(times.count))]
            + [50, 90, 99].map { .milliseconds(times.percentile($0)) } + [.milliseconds(times.greatest)]
    }
}
