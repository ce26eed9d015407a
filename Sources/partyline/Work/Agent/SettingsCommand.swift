// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline settings …`
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings", abstract: "Show and change the agent's settings.",
        discussion: """
            partyline settings set softphoneAutoAccept true
            partyline settings set agentPreferences.LANGUAGE de_DE

            Other settings stay as they are, also if another program changes one at the same time.
            """,
        subcommands: [ReadCommand.self, ChangeCommand.self], defaultSubcommand: ReadCommand.self)

    struct ReadCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Print the settings, or the value of one.")

        @Argument(
            help: "The setting: softphoneEnabled, agentPreferences.LANGUAGE (default: all).",
            completion: Completions.settings)
        var name: String?
        @OptionGroup var format: FormatOptions
        @OptionGroup var options: SocketOptions

        func run() throws {
            let setting = try name.map { name throws(CommandFailure) in try AgentSetting(name) }
            let configuration = try options.withConnection { try Desk.read($0) }.agent.configuration
            if let setting { return try show(setting, configuration) }
            if format.isJSON {
                let all = configuration.json.compactMapValues { AgentSetting.names.contains($0) ? $1 : nil }
                return Console.out(JSON.object(all).text.escapingDisplayControls)
            }
            Table.lines(["SETTING", "VALUE"], AgentSetting.rows(configuration), .standardOutput)
                .forEach { Console.out($0) }
        }

        private func show(_ setting: AgentSetting, _ configuration: AgentConfiguration) throws {
            guard let value = setting.value(in: configuration) else {
                throw CommandFailure(
                    status: .failure, message: "\(setting.name) is not set", next: ["partyline settings get"])
            }
            Console.out(GetCommand.text(value, asJSON: format.isJSON, isTerminal: Console.isTerminal))
        }
    }

    struct ChangeCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Change a setting, and print it.")

        @Argument(
            help: "The setting: softphoneEnabled, agentPreferences.LANGUAGE.", completion: Completions.settings)
        var name: String
        @Argument(help: "Its value: true, false, a text; null removes a preference.") var value: String
        @OptionGroup var format: FormatOptions
        @OptionGroup var options: SocketOptions

        func run() throws {
            let setting = try AgentSetting(name)
            let answer = try options.withConnection { connection in
                let patch = try setting.patch(value, in: Desk(connection).agent.configuration)
                let answer = try connection.request("updateSettings", ["patch": patch], timeout: .seconds(40))
                try Self.check(setting, answer, connection)
                return answer
            }
            if format.isJSON { return Console.out(answer.text.escapingDisplayControls) }
            let written = AgentConfiguration(json: answer["configuration"]?.object ?? JSONObject())
            let text = setting.value(in: written).map { "is \(AgentSetting.shown($0))" } ?? "is not set"
            Console.out(Text.printable("\(setting.name) \(text)"))
        }

        /// Waits until the daemon has read the configuration again, and compares: Amazon Connect may leave a setting alone.
        private static func check(_ setting: AgentSetting, _ answer: JSON, _ connection: LineConnection) throws {
            let written = setting.value(in: AgentConfiguration(json: answer["configuration"]?.object ?? JSONObject()))
            var now = setting.value(in: try Desk(connection).agent.configuration)
            let deadline = ContinuousClock.now + .seconds(3)
            while now != written, let agent = try nextAgent(connection, before: deadline) {
                now = setting.value(in: agent.configuration)
            }
            guard now != written else { return }
            throw CommandFailure(
                status: .conflict,
                message:
                    "Amazon Connect has left \(setting.name) as it was: \(now.map(AgentSetting.shown) ?? "not set")",
                next: ["partyline settings get"])
        }

        /// The agent of the next update; nil if none comes in time.
        private static func nextAgent(
            _ connection: LineConnection, before deadline: ContinuousClock.Instant
        ) throws -> AgentData? {
            while true {
                let message: ServerMessage
                do { message = try connection.nextMessage(before: deadline) } catch {
                    guard case .timeout = error else { throw error }
                    return nil
                }
                guard message.event == EventName.agentUpdate, let data = message.data else { continue }
                return AgentData(json: data)
            }
        }
    }
}
