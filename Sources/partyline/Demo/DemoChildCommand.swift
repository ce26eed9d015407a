import ArgumentParser
import Glibc

/// What the demo starts in place of a program: it ties itself to the demo, then becomes that program. A demo that is
/// killed can do nothing for its children any more; the kernel can.
struct DemoChildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "demo-child", shouldDisplay: false)

    @Argument var parent: Int32
    @Argument(parsing: .captureForPassthrough) var command: [String]

    func run() throws {
        guard let program = command.first, ParentDeath.follow(parent: parent) else {
            throw CommandFailure(
                status: .failure, message: "demo-child is for the demo alone", next: ["partyline demo"])
        }
        var arguments = command.map { strdup($0) } + [nil]
        execv(program, &arguments)
        let reason = String(cString: strerror(errno))
        throw CommandFailure(status: .failure, message: "cannot run \(program): \(reason)")
    }
}
