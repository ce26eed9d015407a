/// What the daemon costs while nothing happens.
struct Idle: Measure {
    static let name = "idle"
    static let summary = "processor time and wake-ups of a daemon that nobody talks to, with and without a session"

    func tables(_ setting: Setting) throws -> [Table] {
        let seconds = setting.seconds ?? 60
        var table = Table(
            title: "\(Int(seconds)) seconds of nothing",
            columns: ["daemon", "processor, ms", "of a core, %", "wake-ups a second", "requests and frames", "wanted"])
        // All at the same time: who is idle disturbs nobody.
        var subjects: [Subject] = []
        for build in setting.builds {
            subjects.append(try Subject(build, hasSession: false, setting))
            subjects.append(try Subject(build, hasSession: true, setting))
        }
        Clock.sleep(3)
        let before = try subjects.map { try $0.look() }
        setting.say("waiting for \(Int(seconds)) s")
        Clock.sleep(seconds)
        for (subject, before) in zip(subjects, before) {
            let after = try subject.look()
            let time = after.processor - before.processor
            table.rows.append([
                .init(text: subject.name), .number(time, digits: 1), .number(time / seconds / 10, digits: 3),
                .number(after.wakeUps.added(since: before.wakeUps) / seconds, digits: 2),
                .number(Double(after.requests - before.requests)), "≤ 0.1 %",
            ])
        }
        table.notes = [
            "Processor time and voluntary context switches of all threads, as the kernel counts them.",
            "With a session there is the long poll (every 30 s), the configuration (a round every 30 s) and the websocket's",
            "heartbeat (every 10 s): the requests and frames are what the simulator saw of them.",
        ]
        return [table]
    }

    /// A daemon that is left alone.
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

        func look() throws -> (processor: Double, wakeUps: [String: Double], requests: Int) {
            let figures = daemon.child.figures
            return (figures.processorTime, figures.wakeUps, try simulator?.requestCount() ?? 0)
        }
    }
}
