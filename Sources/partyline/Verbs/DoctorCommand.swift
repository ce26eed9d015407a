import ArgumentParser
import StreamsProtocol

/// `partyline doctor`: everything that could be wrong, a line each.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check socket, daemon, sign-in and link, a line each.",
        discussion: "The status is 0 if nothing fails; warnings do not count.")

    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func run() throws {
        let report = DoctorReport(try Examination(options: options).facts())
        if format.isJSON {
            Console.out(report.json.text)
        } else {
            report.lines(.standardOutput).forEach { Console.out($0) }
        }
        if !report.isWell { throw ExitCode(CommandStatus.failure.rawValue) }
    }
}
