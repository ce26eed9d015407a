// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// The destinations that the agent can choose.
enum QuickConnects {
    static func read(
        _ connection: LineConnection, queueARNs: [String]?, timeout: Duration = .seconds(30)
    ) throws -> [Endpoint] {
        let params: JSON = queueARNs.map { ["queueARNs": .array($0.map { .string($0) })] } ?? [:]
        let answer = try connection.request("getQuickConnects", params, timeout: timeout)
        return (answer["endpoints"]?.array ?? []).compactMap { $0.object.map { Endpoint(EndpointData(json: $0)) } }
    }

    /// The endpoint that was typed: a number that begins with +, or the name of a quick connect.
    static func endpoint(_ typed: String, _ connection: LineConnection, command: String) throws -> JSON {
        if let number = PhoneNumber(typed) { return number.endpoint }
        return try named(typed, among: read(connection, queueARNs: nil), command: command)
    }

    static func named(
        _ typed: String, among endpoints: [Endpoint], command: String
    ) throws(CommandFailure) -> JSON {
        do throws(NamedChoice.Failure) {
            return try NamedChoice.of(typed, among: endpoints) { [$0.name ?? "", $0.endpointARN ?? ""] }.parameter
        } catch {
            let hint = PhoneNumber.looksLikeOne(typed) ? " (a number has + and country code: +12065550100)" : ""
            throw error.failure(typed, "quick connect\(hint)", known: endpoints.compactMap(\.name), command: command)
        }
    }

    static let header = ["NAME", "TYPE", "DESTINATION"]

    static func row(_ endpoint: Endpoint) -> [String] {
        let destination =
            endpoint.phoneNumber ?? endpoint.agentLogin ?? endpoint.queue?["name"]?.string ?? endpoint.emailAddress
        return [endpoint.name ?? "", endpoint.type?.rawValue ?? "", destination ?? ""]
    }
}

/// A telephone number in E.164: `+12065550100`.
struct PhoneNumber: Equatable {
    let text: String

    /// Nil if it has another form. Spaces, hyphens, dots, slashes and parentheses are left out.
    init?(_ typed: String) {
        let text = typed.filter { !" -./()".contains($0) }
        let digits = text.dropFirst()
        guard text.first == "+", (4...15).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber })
        else { return nil }
        self.text = text
    }

    static func looksLikeOne(_ typed: String) -> Bool {
        typed.count > 2 && typed.allSatisfy { "0123456789+ -./()".contains($0) }
    }

    var endpoint: JSON { Endpoint.phoneNumber(text).parameter }
}

/// `partyline quick-connects`
struct QuickConnectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quick-connects", abstract: "List the destinations for transfers and third parties.")

    @Option(
        help: ArgumentHelp("Only those of this queue: its name or ARN.", valueName: "queue"),
        completion: Completions.queues)
    var queue: String?
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func run() throws {
        let endpoints = try options.withConnection { connection in
            let queues = try queue.map { name in
                [
                    try Queues(Desk(connection).agent.configuration).arn(
                        name, command: "partyline quick-connects --queue")
                ]
            }
            return try QuickConnects.read(connection, queueARNs: queues)
        }
        if format.isJSON {
            return Console.out(JSON.array(endpoints.map { .object($0.json) }).text.escapingDisplayControls)
        }
        guard !endpoints.isEmpty else { return Console.out("no quick connects") }
        Table.lines(QuickConnects.header, endpoints.map(QuickConnects.row), .standardOutput)
            .forEach { Console.out($0) }
    }
}
