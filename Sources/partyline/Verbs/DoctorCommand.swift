// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import StreamsProtocol

/// `partyline doctor`: checks everything that could be wrong, and prints one line for each check.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check socket, daemon, sign-in and link, one line for each check.",
        discussion: "The exit status is 0 if no check fails; warnings do not count.")

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
