// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline status`: prints the problems, then the state of every part. The exit status is
/// that of the first serious problem.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the state of daemon, session and link, problems first.")

    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func run() throws {
        let answer = try options.withConnection { try $0.request("getStatus") }
        // Printed first: this version may not be able to parse the status.
        if format.isJSON { Console.out(answer.text) }
        let status = try Self.read(answer)
        if !format.isJSON {
            let report = StatusReport(status, now: WallClock.milliseconds)
            report.lines(Palette.standardOutput).forEach { Console.out($0) }
        }
        let exit = StatusHealth(status).exit
        if exit != .success { throw ExitCode(exit.rawValue) }
    }

    static func read(_ answer: JSON) throws(CommandFailure) -> DaemonStatus {
        do throws(JSONFormFault) { return try DaemonStatus(answer) } catch {
            throw CommandFailure(
                status: .failure, message: "the daemon's status cannot be read: \(error)",
                next: ["partyline version   shows whether both have the same version", "partyline status --json"])
        }
    }
}
