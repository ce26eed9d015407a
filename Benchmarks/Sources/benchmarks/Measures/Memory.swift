// SPDX-License-Identifier: Apache-2.0

/// The daemon's resident memory, and how much an idle port adds.
struct Memory: Measure {
    static let name = "memory"
    static let summary = "resident memory of the daemon with 0 and 1,000 idle ports"

    private static let ports = 1000

    /// The raw value is the row's name.
    private enum Case: String, CaseIterable {
        case noSession = "no session, Streams dialect"
        case session = "agent known, Streams dialect"
        case asked = "agent known, after a getStatus request"
        case subscribers = "agent known, subscribers"
    }

    func tables(_ setting: Setting) throws -> [Table] {
        var table = Table(
            title: "Resident memory",
            columns: ["daemon and ports", "no port, MiB", "1,000 ports, MiB", "per port, KiB", "target"])
        for build in setting.builds {
            for kind in Case.allCases {
                var runs: [(Double, Double)] = []
                for _ in 1...setting.rounds {
                    guard let run = try Self.run(kind, build, setting) else { break }
                    runs.append(run)
                }
                guard !runs.isEmpty else { continue }
                let (before, after) = (runs.map(\.0).median, runs.map(\.1).median)
                let port = runs.map { ($0.1 - $0.0) / Double(Self.ports) }.median
                table.rows.append([
                    "\(build.name), \(kind.rawValue)", .number(before / 1024, digits: 1),
                    .number(after / 1024, digits: 1), .number(port, digits: 2), "≤ 40 MiB; ≤ 20.48 KiB",
                ])
                setting.log("\(build.name), \(kind.rawValue): measured")
            }
        }
        table.notes = ["VmRSS, one second after the last port connected; medians of \(setting.rounds) rounds."]
        return [table]
    }

    private static func requestStatus(_ link: Link) throws(Failure) {
        try link.send(#"{"event":"partyline::request","data":{"requestId":1,"method":"getStatus"}}"# + "\n")
        try link.expect(#""event":"partyline::response""#)
    }

    /// KiB without and with ports; nil if the daemon does not support subscriptions.
    private static func run(_ kind: Case, _ build: DaemonBuild, _ setting: Setting) throws -> (Double, Double)? {
        let stage = try Stage()
        let simulator = kind == .noSession ? nil : try Simulator(setting.simulator, in: stage)
        let daemon = try Daemon(build, in: stage, session: simulator)
        try daemon.waitUntilReady(hasSession: simulator != nil)
        if kind == .subscribers, try !daemon.knowsSubscriptions() { return nil }
        Clock.sleep(1)
        let before = daemon.child.figures.resident
        let dialect = LineDialect(side: kind == .subscribers ? .subscribers : .streams)
        var links: [Link] = []
        for index in 0..<ports {
            let link = try Link(daemon.address)
            try dialect.subscribe(link, number: index)
            if kind == .asked { try requestStatus(link) }
            links.append(link)
        }
        let deadline = Clock.now + 1.0.nanoseconds
        while Clock.now < deadline {
            for link in links { try link.drain() }
            Clock.sleep(0.1)
        }
        return (before, daemon.child.figures.resident)
    }
}
