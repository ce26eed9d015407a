// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CPlain

/// Runs the plain fan-out in its own process.
struct ServePlainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-plain", abstract: "Serves the plain fan-out.", shouldDisplay: false)

    @Argument(help: "Path of the socket to listen on.")
    var socket: String

    @Flag(help: "Write the lines of one read together.")
    var gathering = false

    func run() throws {
        _ = plain_fan_out(socket, gathering ? 1 : 0)
        throw Failure("\(socket): \(Address.errorText)")
    }
}
