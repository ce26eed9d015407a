// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline agent …`: the agent's state, and what the agent can choose.
struct AgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Show and set the agent's state; mute the softphone.",
        discussion: """
            partyline agent                          the state, and for how long
            partyline agent set-state available
            partyline agent set-state lunch --next   after the contact
            """,
        subcommands: [
            StateCommand.self, StatesCommand.self, SetStateCommand.self, NextCommand.self, ConfigCommand.self,
            SoftphoneMuteCommand.self,
        ], defaultSubcommand: StateCommand.self)

    struct StateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "state", abstract: "Print the agent's state, its duration and the next state.")

        @OptionGroup var format: FormatOptions
        @OptionGroup var options: SocketOptions

        func run() throws {
            let desk = try options.withConnection { try Desk.read($0, statesSuffice: true) }
            Console.out(format.isJSON ? desk.json.text.escapingDisplayControls : Text.printable(desk.sentence))
        }
    }

    struct StatesCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "states", abstract: "List the states that the agent can choose.")

        @OptionGroup var format: FormatOptions
        @OptionGroup var options: SocketOptions

        func run() throws {
            let desk = try options.withConnection { try Desk.read($0) }
            let states = desk.agent.configuration.agentStates
            if format.isJSON {
                return Console.out(JSON.array(states.map { .object($0.json) }).text.escapingDisplayControls)
            }
            let rows = states.map { state in
                let isNow = state.name == desk.agent.snapshot.state?.name
                let isNext = state.name == desk.agent.snapshot.nextState?.name
                return [state.name ?? "", state.type?.rawValue ?? "", isNow ? "now" : isNext ? "next" : ""]
            }
            Table.lines(["NAME", "TYPE", ""], rows, .standardOutput).forEach { Console.out($0) }
        }
    }

    struct SetStateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-state", abstract: "Set the agent's state, now or after the contact.")

        @Argument(help: "The state's name, the beginning of its name, or its ARN.", completion: Completions.states)
        var name: String
        @Flag(help: "Set the state that follows when the contact is over.") var next = false
        @OptionGroup var action: ActionOptions

        func run() throws {
            try action.options.withConnection { connection in
                let state = try StateChoice.state(name, of: Desk(connection).agent.configuration)
                let answer: JSON
                do {
                    answer = try action.call(StateChoice.step(state, enqueues: next)).answer(connection)
                } catch let failure as ProtocolFailure {
                    throw StateChoice.refused(failure, state, enqueues: next)
                }
                try action.print(answer) {
                    guard !action.isUnconfirmed else { return "Amazon Connect has accepted \(state.name ?? name)" }
                    return try Desk(connection).sentence
                }
            }
        }
    }

    struct NextCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "next", abstract: "Print the state that follows when the contact is over.",
            discussion: "The exit status is 1 if none is set. Set it with: partyline agent set-state NAME --next")

        @OptionGroup var format: FormatOptions
        @OptionGroup var options: SocketOptions

        func run() throws {
            let next = try options.withConnection { try Desk.read($0, statesSuffice: true) }.agent.snapshot.nextState
            if format.isJSON {
                Console.out((next.map { JSON.object($0.json) } ?? .null).text.escapingDisplayControls)
            } else if let name = next?.name {
                Console.out(Text.printable(name))
            }
            if next == nil {
                Console.error("partyline: no next state is set")
                throw ExitCode(CommandStatus.failure.rawValue)
            }
        }
    }

    struct ConfigCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "config", abstract: "Print the agent's configuration.")

        @OptionGroup var format: FormatOptions
        @OptionGroup var options: SocketOptions

        func run() throws {
            let desk = try options.withConnection { try Desk.read($0) }
            Console.out(
                GetCommand.text(
                    .object(desk.agent.configuration.json), asJSON: format.isJSON, isTerminal: Console.isTerminal))
        }
    }
}

extension Desk {
    /// What `partyline agent --json` prints.
    var json: JSON {
        let snapshot = agent.snapshot
        var object = JSONObject()
        object["name"] = agent.configuration.name.map { .string($0) }
        object["state"] = snapshot.state.map { .object($0.json) } ?? .null
        object["nextState"] = snapshot.nextState.map { .object($0.json) } ?? .null
        object["durationMs"] = elapsed(since: snapshot.state?.startTimestamp).map { .int($0) }
        object["staleMs"] = staleMs.map { .int($0) }
        return .object(object)
    }
}
