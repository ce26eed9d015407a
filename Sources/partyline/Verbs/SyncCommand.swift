import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline sync`: waits for a snapshot that was asked for just now, and prints the clock behind it.
struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Wait until the daemon has seen the agent as it is now; print the clock.",
        discussion: """
            Everything that was done before is in what `partyline get` shows afterwards, and the clock is good for \
            --since: clock=$(partyline sync)
            """)

    @Option(help: ArgumentHelp("How long to wait.", valueName: "seconds")) var timeout = 15.0
    @OptionGroup var options: SocketOptions
    @Flag(help: "Print the daemon's answer: {clock, asOf, ageMs}.") var json = false

    func validate() throws {
        guard timeout > 0, timeout <= 600 else { throw ValidationError("--timeout takes seconds, up to 600") }
    }

    func run() throws {
        let deadline = max(1, Int(timeout * 1000))
        let answer = try options.withConnection {
            try $0.request("sync", ["deadlineMs": .int(deadline)], timeout: .milliseconds(deadline + 2000))
        }
        Console.out(json ? answer.text : answer["clock"]?.string ?? answer.text)
    }
}
