import ConnectStreams
import Glibc

/// Raises the curtain: simulator, then daemon, then the day, then what to try next.
struct DemoPlay {
    let stage: DemoStage
    let speed: Double
    let keep: Bool
    let printer: DemoPrinter

    func run() async throws {
        let arguments = [
            "--tls", "--ca-out", stage.authority, "--cookies-out", stage.cookies, "--scenario", "demo", "--seed", "1",
            "--speed", "\(speed)",
        ]
        try await DemoChild(name: "connect-simulator", arguments: arguments).run(on: stage) { simulator in
            let ready = try await waitForSimulator(simulator)
            printer.say(.demo, "connect-simulator plays Amazon Connect at \(ready.base)")
            try await daemon(ready).run(on: stage) { daemon in
                try await waitForDaemon(daemon)
                printer.say(.demo, "partylined holds the session, socket \(stage.socket)")
                try await playDay(ready, [simulator, daemon])
            }
        }
    }

    /// Tells what went wrong, with the last lines of both programs.
    func explain(_ error: any Error) {
        let lines = (error as? CommandFailure)?.lines() ?? ["partyline: the demo failed: \(error)"]
        lines.forEach { Console.error($0) }
        for program in ["connect-simulator", "partylined"] {
            let log = stage.lastLines(program)
            if !log.isEmpty { Console.error("--- the last lines of \(program):") }
            log.forEach { Console.error($0) }
        }
    }

    private func daemon(_ ready: SimulatorReady) -> DemoChild {
        let settings = [
            "PARTYLINE_SESSION_SOURCE": "authorize", "PARTYLINE_SESSION_BASE_URL": ready.base,
            "PARTYLINE_SESSION_COOKIE_FILE": stage.cookies, "PARTYLINE_TLS_TRUST_ROOTS": stage.authority,
        ]
        return DemoChild(name: "partylined", arguments: ["--socket", stage.socket], environment: settings)
    }

    private func playDay(_ ready: SimulatorReady, _ children: [DemoChildProcess]) async throws {
        func check() throws {
            try Interruption.check()
            try children.forEach(Self.checkAlive)
        }
        var day = try DemoDay(socket: stage.socket, speed: speed, printer)
        try await day.play(limit: 40 / speed + 15, check)
        try judge(day)
        guard keep else { return DemoEnding.afterwards(printer.palette).forEach { Console.out($0) } }
        DemoEnding.kept(stage.socket, control: ready.control, printer.palette).forEach { Console.out($0) }
        do { try await day.lookOn(check) } catch is Interruption.Wish {
            // The day is over and this is its proper end.
        }
    }

    private func judge(_ day: DemoDay) throws {
        let missing = day.tally.missing.map(\.rawValue)
        if !missing.isEmpty {
            throw CommandFailure(
                status: .failure, message: "the day did not go as planned: \(missing.joined(separator: "; "))",
                next: ["partyline demo --keep   keeps the logs"])
        }
        guard let summary = day.summary else {
            throw CommandFailure(status: .failure, message: "the two programs did not see the same: \(day.counts)")
        }
        printer.say(.demo, printer.palette.green(summary))
    }

    private func waitForSimulator(_ process: DemoChildProcess) async throws -> SimulatorReady {
        try await wait(for: process) { try SimulatorReady.read(SmallFile.text(stage.output(process.name))) }
    }

    private func waitForDaemon(_ process: DemoChildProcess) async throws {
        try await wait(for: process) {
            do throws(ConnectionError) { return try LineConnection(path: stage.socket).path } catch {
                if case .notRunning = error { return nil }
                throw error
            }
        }
    }

    /// Asks again and again until there is an answer, for at most 20 seconds.
    @discardableResult
    private func wait<Answer>(for process: DemoChildProcess, _ ask: () throws -> Answer?) async throws -> Answer {
        let end = printer.seconds + 20
        while printer.seconds < end {
            if let answer = try ask() { return answer }
            try Interruption.check()
            try Self.checkAlive(process)
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CommandFailure(status: .failure, message: "\(process.name) is not ready after 20 seconds")
    }

    private static func checkAlive(_ process: DemoChildProcess) throws {
        if process.child.ending == nil { return }
        throw CommandFailure(status: .failure, message: "\(process.name) ended by itself")
    }
}
