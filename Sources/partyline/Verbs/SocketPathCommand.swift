import ArgumentParser

/// `partyline socket-path`: for scripts, and for whoever wonders.
struct SocketPathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "socket-path", abstract: "Print the path of the daemon's socket.")

    @OptionGroup var options: SocketOptions

    func run() throws { Console.out(try options.path()) }
}
