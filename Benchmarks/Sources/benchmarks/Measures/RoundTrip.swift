// SPDX-License-Identifier: Apache-2.0

/// The latency of an API request through the daemon, compared with the same call made directly.
struct RoundTrip: Measure {
    static let name = "round-trip"
    static let summary = "api_request to api_response, compared with the same call over plain HTTP"

    /// Seconds. Stays below the daemon's rate limit (`limits.requestsPerSecond`).
    private static let interval = 0.01

    func tables(_ setting: Setting) throws -> [Table] {
        let count = Int((setting.seconds ?? 2) / Self.interval)
        var direct: [Latencies] = []
        var through = [[Latencies]](repeating: [], count: setting.builds.count)
        for round in 1...setting.rounds {
            let stage = try Stage()
            let simulator = try Simulator(setting.simulator, in: stage)
            let service = try simulator.service()
            direct.append(
                try Self.measured(count) {
                    _ = try service.call("GetAgentStates")
                    return service.connection.answeredAt
                })
            for (index, build) in setting.builds.enumerated() {
                let daemon = try Daemon(build, in: stage, session: simulator)
                try daemon.waitUntilReady(hasSession: true)
                through[index].append(try Self.measured(count, Self.caller(try daemon.client())))
            }
            setting.log("round \(round) of \(setting.rounds)")
        }
        var table = Table(
            title: "getAgentStates", columns: ["path", "p50", "p99", "p50 / direct", "p99 / direct"])
        table.rows = [Self.cells("direct HTTP", direct, direct)]
        for (build, runs) in zip(setting.builds, through) { table.rows.append(Self.cells(build.name, runs, direct)) }
        table.notes = [
            "\(count) requests per round, one at a time, at most 100 per second; medians of \(setting.rounds) rounds."
        ]
        return [table]
    }

    private static func caller(_ client: LineClient) -> () throws -> UInt64 {
        var number = 0
        return {
            number += 1
            let id = "call\(number)"
            try client.send("api_request", ["requestId": id, "method": "getAgentStates", "params": [String: String]()])
            let answer = try client.next("api_response") { $0["requestId"] as? String == id }
            if let error = answer.data["err"] as? String { throw Failure("getAgentStates: \(error)") }
            return answer.at
        }
    }

    /// - Parameter call: makes a call and returns the time of its answer.
    private static func measured(_ count: Int, _ call: () throws -> UInt64) throws -> Latencies {
        for _ in 0..<20 { _ = try call() }
        var times = Latencies()
        for _ in 0..<count {
            let start = Clock.now
            times.record(try call() - start)
            Clock.sleep(interval - Double(Clock.now - start) / 1e9)
        }
        return times
    }

    private static func cells(_ name: String, _ runs: [Latencies], _ direct: [Latencies]) -> [Cell] {
        [.init(text: name)] + [50, 99].map { .milliseconds(runs.median($0)) }
            + [50, 99].map { .ratio(runs.median($0) / direct.median($0)) }
    }
}
