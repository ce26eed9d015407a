// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline agent mute on|off`: asks the softphone's page, as Streams does. It answers with `agent::mute_toggle`.
struct SoftphoneMuteCommand: ParsableCommand {
    enum Switch: String, CaseIterable, ExpressibleByArgument { case on, off }

    static let configuration = CommandConfiguration(
        commandName: "mute", abstract: "Mute or unmute the microphone in the softphone's page.",
        discussion: """
            It needs a page that has the softphone, such as the CCP. To mute the agent's leg at Amazon Connect: \
            partyline contact mute
            """)

    @Argument(help: "on or off.") var state: Switch
    @Option(
        parsing: .unconditional, help: ArgumentHelp("How long to wait for the page.", valueName: "seconds"))
    var timeout = 2.0
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        guard timeout > 0, timeout <= 600 else { throw ValidationError("--timeout takes seconds, up to 600") }
    }

    func run() throws {
        let isMuted = try options.withConnection { connection in
            try BroadcastCommand.send(
                BroadcastCommand.message("mute", ["mute": .bool(state == .on)]), connection)
            return try answer(connection)
        }
        guard let isMuted else { throw silence }
        if format.isJSON { return Console.out(JSON.object(JSONObject([("muted", .bool(isMuted))])).text) }
        Console.out("the softphone is \(isMuted ? "muted" : "not muted")")
    }

    /// What the page says; nil if none says anything in time.
    private func answer(_ connection: LineConnection) throws -> Bool? {
        let deadline = ContinuousClock.now + .seconds(timeout)
        while true {
            let message: ServerMessage
            do throws(ConnectionError) { message = try connection.nextMessage(before: deadline) } catch {
                guard case .timeout = error else { throw error }
                return nil
            }
            guard message.event == SeatPart.mute.event, let isMuted = message.data?["muted"]?.bool else { continue }
            return isMuted
        }
    }

    private var silence: CommandFailure {
        CommandFailure(
            status: .timeout,
            message: "no page has answered within \(Text.setting(milliseconds: Int(timeout * 1000))): "
                + "there may be no softphone in a page",
            next: [
                "partyline contact \(state == .on ? "mute" : "unmute")   does it at Amazon Connect",
                "partyline get seat   shows what pages have said",
            ])
    }
}
