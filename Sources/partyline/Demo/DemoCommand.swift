// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import ConnectStreams
import Glibc

/// `partyline demo`: an agent's day in half a minute, without Amazon Connect.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Play an agent's day: a simulated Amazon Connect, the daemon, and two clients.",
        discussion: """
            Starts connect-simulator and partylined on a private socket, connects two programs to it, and prints \
            what happens: sign-in, a call, hold, after-call work, a chat, a websocket that drops. Takes about half a minute.
            """)

    @Flag(help: "Keep simulator and daemon running afterwards, for your own clients, until Ctrl-C.") var keep = false
    @Option(help: ArgumentHelp("Play the day this many times as fast (0.1 to 10).", valueName: "factor")) var speed =
        1.0

    func validate() throws {
        guard (0.1...10).contains(speed) else { throw ValidationError("--speed takes a factor from 0.1 to 10") }
    }

    func run() async throws {
        for program in ["connect-simulator", "partylined"] { _ = try DemoChild.path(program) }
        let signals = try SignalPipe.open()
        let stage = try DemoStage()
        let printer = DemoPrinter(palette: .standardOutput)
        let play = DemoPlay(stage: stage, speed: speed, keep: keep, signals: signals, printer: printer)
        do {
            try await play.run()
            stage.remove()
        } catch is Interruption {
            stage.remove()
            Console.error("partyline: the demo was interrupted; its programs have ended")
            throw ExitCode.failure
        } catch {
            play.explain(error)
            keep ? Console.error("the logs are in \(stage.folder)") : stage.remove()
            throw ExitCode.failure
        }
    }
}

/// A signal asked the demo to end. The demo first ends its children.
struct Interruption: Error {}

/// Starts the simulator, then the daemon, plays the day, and prints what to try next.
struct DemoPlay {
    let stage: DemoStage
    let speed: Double
    let keep: Bool
    let signals: SignalPipe
    let printer: DemoPrinter

    func run() async throws {
        let arguments = [
            "--tls", "--ca-out", stage.authority, "--cookies-out", stage.cookies, "--scenario", "demo", "--seed", "1",
            "--speed", "\(speed)",
        ]
        try await DemoChild(name: "connect-simulator", arguments: arguments).run(on: stage) { simulator in
            let ready = try await waitForSimulator(simulator)
            printer.print(.demo, "connect-simulator plays Amazon Connect at \(ready.base)")
            try await daemon(ready).run(on: stage) { daemon in
                try await waitForDaemon(daemon)
                printer.print(.demo, "partylined holds the session, socket \(stage.socket)")
                try await playDay(ready, [simulator, daemon])
            }
        }
    }

    /// Prints the error and the last log lines of both programs.
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
            try checkSignals()
            try children.forEach(Self.checkAlive)
        }
        var day = try DemoDay(socket: stage.socket, speed: speed, printer)
        try await day.play(limit: 40 / speed + 15, check)
        try checkOutcome(day)
        guard keep else { return DemoEnding.afterwards(printer.palette).forEach { Console.out($0) } }
        DemoEnding.kept(stage.socket, control: ready.control, printer.palette).forEach { Console.out($0) }
        do { try await day.watch(check) } catch is Interruption {
            // With `--keep` this is the normal end.
        }
    }

    private func checkOutcome(_ day: DemoDay) throws {
        let missing = day.tally.missing.map(\.rawValue)
        if !missing.isEmpty {
            throw CommandFailure(
                status: .failure, message: "the day did not go as planned: \(missing.joined(separator: "; "))",
                next: ["partyline demo --keep   keeps the logs"])
        }
        guard let summary = day.summary else {
            throw CommandFailure(
                status: .failure, message: "the two programs received different updates: \(day.counts)")
        }
        printer.print(.demo, printer.palette.green(summary))
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

    /// Polls until `ask` returns an answer, for at most 20 seconds.
    @discardableResult
    private func wait<Answer>(for process: DemoChildProcess, _ ask: () throws -> Answer?) async throws -> Answer {
        let end = printer.seconds + 20
        while printer.seconds < end {
            if let answer = try ask() { return answer }
            try checkSignals()
            try Self.checkAlive(process)
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CommandFailure(status: .failure, message: "\(process.name) is not ready after 20 seconds")
    }

    private func checkSignals() throws {
        if signals.received().contains(where: EndSignals.all.contains) { throw Interruption() }
    }

    private static func checkAlive(_ process: DemoChildProcess) throws {
        if process.child.ending == nil { return }
        throw CommandFailure(status: .failure, message: "\(process.name) ended unexpectedly")
    }
}
