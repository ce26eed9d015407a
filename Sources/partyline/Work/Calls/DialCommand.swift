// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// The queues of the routing profile.
struct Queues {
    let all: [Queue]

    init(_ configuration: AgentConfiguration) { all = configuration.routingProfile?.queues ?? [] }

    /// - Parameter typed: a queue's name or ARN. An ARN is passed on although the routing profile does not have it.
    func arn(_ typed: String, command: String) throws(CommandFailure) -> String {
        do throws(NamedChoice.Failure) {
            let queue = try NamedChoice.of(typed, among: all) { [$0.name, $0.queueARN].compactMap { $0 } }
            return queue.queueARN ?? typed
        } catch {
            if typed.hasPrefix("arn:") { return typed }
            throw error.failure(typed, "queue", known: all.compactMap(\.name), command: command)
        }
    }
}

/// `partyline dial NUMBER`
struct DialCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dial", abstract: "Call a number; prints the id of the new contact.",
        discussion: """
            id=$(partyline dial +12065550100) && partyline wait "contact::connected::$id" --or-now --timeout 60
            """)

    @Argument(help: "The number, with + and country code: +12065550100.") var number: String
    @Option(
        help: ArgumentHelp(
            "The queue that the call is made from: its name or ARN (default: that of the routing profile).",
            valueName: "queue"),
        completion: Completions.queues)
    var queue: String?
    @OptionGroup var action: ActionOptions

    func run() throws {
        guard let number = PhoneNumber(number) else {
            throw CommandFailure(
                status: .usage,
                message: "\"\(Text.cut(number, 40))\" is not a telephone number with + and country code",
                next: ["partyline dial +12065550100"])
        }
        try action.options.withConnection { connection in
            let call = action.call(try Self.step(number, queue, Desk(connection).agent.configuration))
            let answer: JSON
            do { answer = try call.answer(connection) } catch let failure as ProtocolFailure {
                throw Self.refused(failure, try? Desk(connection))
            }
            action.print(answer) { answer["contactId"]?.string ?? "Amazon Connect calls \(number.text)" }
        }
    }

    static func step(
        _ number: PhoneNumber, _ queue: String?, _ configuration: AgentConfiguration
    ) throws(CommandFailure) -> ServiceStep {
        var params: [(String, JSON)] = [("endpoint", number.endpoint)]
        let arn =
            if let queue {
                try Queues(configuration).arn(queue, command: "partyline dial \(number.text) --queue")
            } else { configuration.routingProfile?.defaultOutboundQueue?.queueARN }
        if let arn { params.append(("queueARN", .string(arn))) }
        return ServiceStep("createOutboundContact", .object(JSONObject(params)))
    }

    /// The reason is often what the agent is doing.
    static func refused(_ failure: ProtocolFailure, _ desk: Desk?) -> CommandFailure {
        guard failure.code == "conflict", let desk else { return FailureText.outcome(failure) }
        let actions =
            desk.contacts.isEmpty
            ? ["partyline agent states   lists the states that the agent can choose"]
            : ContactChoice(contacts: desk.contacts).possibilities
        return CommandFailure(status: .conflict, message: "\(desk.sentence): \(failure.message)", next: actions)
    }
}
