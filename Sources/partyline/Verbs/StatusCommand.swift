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
        let answer = try options.withConnection { try $0.request("getStatus") }
        // A status that this version cannot read is still printed as it is.
        if json { Console.out(answer.text) }
        let status = try Self.read(answer)
        if !json {
            let report = StatusReport(status, now: WallClock.milliseconds, try options.place())
            report.lines(Palette.standardOutput).forEach { Console.out($0) }
        }
        let exit = StatusHealth(status).exit
        if exit != .success { throw ExitCode(exit.rawValue) }
    }

    private static func read(_ answer: JSON) throws(CommandFailure) -> DaemonStatus {
        do throws(JSONFormFault) { return try DaemonStatus(answer) } catch {
            throw CommandFailure(
                status: .failure, message: "the daemon's status cannot be read: \(error)",
                next: ["partyline version   shows whether both are of one version", "partyline status --json"])
        }
    }
}
