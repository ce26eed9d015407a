import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline status`: what is wrong, then how everything is. Its exit status tells the same to a script.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how daemon, session and link are, problems first.")

    @OptionGroup var options: SocketOptions
    @Flag(help: "Print the daemon's own JSON.") var json = false

    func run() throws {
        let status = try options.withConnection { try $0.request("getStatus") }
        let health = StatusHealth(status)
        if json {
            Console.out(status.text)
        } else {
            let report = StatusReport(status, now: WallClock.milliseconds, try options.place())
            report.lines(Palette.standardOutput).forEach { Console.out($0) }
        }
        if health.exit != .success { throw ExitCode(health.exit.rawValue) }
    }
}
