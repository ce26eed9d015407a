import ArgumentParser

/// `partyline demo`: an agent's day in half a minute, with no Amazon Connect anywhere.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Play an agent's day: a simulated Amazon Connect, the daemon, and two clients.",
        discussion: """
            Starts connect-simulator and partylined on a private socket, puts two programs on it, and tells what \
            happens: sign-in, a call, hold, after-call work, a chat, a websocket that drops. Takes about 35 seconds.
            """)

    @Flag(help: "Leave simulator and daemon running afterwards, for your own clients, until Ctrl-C.") var keep = false
    @Option(help: ArgumentHelp("Play the day that many times as fast (0.1 to 10).", valueName: "factor")) var speed =
        1.0

    func validate() throws {
        guard (0.1...10).contains(speed) else { throw ValidationError("--speed takes a factor from 0.1 to 10") }
    }

    func run() async throws {
        for program in ["connect-simulator", "partylined"] { _ = try DemoChild.path(program) }
        Interruption.listen()
        let stage = try DemoStage()
        let play = DemoPlay(stage: stage, speed: speed, keep: keep, printer: DemoPrinter(palette: .standardOutput))
        do {
            try await play.run()
            stage.remove()
        } catch is Interruption.Wish {
            stage.remove()
            Console.error("partyline: the demo was interrupted; nothing of it is left running")
            throw ExitCode.failure
        } catch {
            play.explain(error)
            keep ? Console.error("the logs are in \(stage.folder)") : stage.remove()
            throw ExitCode.failure
        }
    }
}
