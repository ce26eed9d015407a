// SPDX-License-Identifier: Apache-2.0

/// The cost of an idle daemon.
struct Idle: Measure {
    static let name = "idle"
    static let summary = "processor time and wake-ups of a daemon without clients, with and without a session"

    func tables(_ setting: Setting) throws -> [Table] {
        let seconds = setting.seconds ?? 60
        var table = Table(
            title: "\(Int(seconds)) idle seconds",
            columns: ["daemon", "CPU, ms", "of a core, %", "wake-ups/s", "requests and frames", "target"])
        // All at the same time: idle daemons do not disturb each other.
        var subjects: [Subject] = []
        for build in setting.builds {
            subjects.append(try Subject(build, hasSession: false, setting))
            subjects.append(try Subject(build, hasSession: true, setting))
        }
        Clock.sleep(3)
        let before = try subjects.map { try $0.sample() }
        setting.log("waiting for \(Int(seconds)) s")
        Clock.sleep(seconds)
        for (subject, before) in zip(subjects, before) {
            let after = try subject.sample()
            let time = after.processor - before.processor
            table.rows.append([
                .init(text: subject.name), .number(time, digits: 1), .number(time / seconds / 10, digits: 3),
                .number(after.wakeUps.added(since: before.wakeUps) / seconds, digits: 2),
                .number(Double(after.requests - before.requests)), "≤ 0.1 %",
            ])
        }
        table.notes = [
            "Processor time and voluntary context switches of all threads, from the kernel's counters.",
            "A session needs the long poll (every 30 s), the configuration (a round every 30 s) and the websocket's heartbeat",
            "(every 10 s); the requests and frames are those that the simulator received.",
        ]
        return [table]
    }

    private struct Subject {
        let name: String
        let stage: Stage
        let simulator: Simulator?
        let daemon: Daemon

        init(_ build: DaemonBuild, hasSession: Bool, _ setting: Setting) throws {
            name = "\(build.name), \(hasSession ? "session held" : "no session")"
            stage = try Stage()
            simulator = hasSession ? try Simulator(setting.simulator, in: stage) : nil
            daemon = try Daemon(build, in: stage, session: simulator)
            try daemon.waitUntilReady(hasSession: hasSession)
        }

        func sample() throws -> (processor: Double, wakeUps: [String: Double], requests: Int) {
            let figures = daemon.child.figures
            return (figures.processorTime, figures.wakeUps, try simulator?.requestCount() ?? 0)
        }
    }
}
