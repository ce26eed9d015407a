import ArgumentParser

/// A bad program, as a process that can be told from the good ones.
struct MisbehaveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "misbehave", abstract: "Be a bad client.", shouldDisplay: false)

    @Argument(help: "How.")
    var kind: Misbehaviour

    @Argument(help: "The socket of partylined.")
    var socket: String

    @Argument(help: "For how long.")
    var seconds: Double

    func run() throws {
        Machine.raiseDescriptorLimit()
        var client = BadClient(address: .unix(socket), until: Clock.now + seconds.nanoseconds)
        client.run(kind)
        print(client.told)
    }
}

extension Misbehaviour: ExpressibleByArgument {}
