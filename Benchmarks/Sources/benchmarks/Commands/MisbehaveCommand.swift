// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// Runs a misbehaving client in its own process, so that its memory and processor time are its own.
struct MisbehaveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "misbehave", abstract: "Runs a misbehaving client.", shouldDisplay: false)

    @Argument(help: "Kind of misbehaviour.")
    var kind: Misbehaviour

    @Argument(help: "Path of partylined's socket.")
    var socket: String

    @Argument(help: "Seconds to run.")
    var seconds: Double

    func run() throws {
        Machine.raiseDescriptorLimit()
        var client = BadClient(address: .unix(socket), until: Clock.now + seconds.nanoseconds)
        client.run(kind)
        print(client.received)
    }
}

extension Misbehaviour: ExpressibleByArgument {}
