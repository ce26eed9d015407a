import ArgumentParser
import CPlain

/// The plain fan-out, as a process that can be measured.
struct ServePlainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-plain", abstract: "Be the plain fan-out.", shouldDisplay: false)

    @Argument(help: "Where to listen.")
    var socket: String

    @Flag(help: "Write lines together that came together.")
    var gathering = false

    func run() throws {
        _ = plain_fan_out(socket, gathering ? 1 : 0)
        throw Failure("\(socket): \(Address.errorText)")
    }
}
