// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import Glibc
import StreamsProtocol

/// `partyline broadcast NAME [JSON]`: sends an event to every connected program.
struct BroadcastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broadcast", abstract: "Send an event to every connected program.",
        discussion: """
            partyline broadcast crm::pop '{"id":7}'
            partyline broadcast contact::view "{\\"contactId\\":\\"$id\\"}"
            """)

    @Argument(help: "The event's name: crm::pop.") var name: String
    @Argument(help: ArgumentHelp("Its data; - reads them from standard input (default: none).", valueName: "json"))
    var data: String?
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        if name.isEmpty { throw ValidationError("the event's name is missing") }
        guard !EventName.isReserved(name) else {
            throw ValidationError("\(Text.printable(name)) cannot be broadcast: only the daemon sends it")
        }
    }

    func run() throws {
        let bytes = data == "-" ? SmallFile.bytes(STDIN_FILENO) : data.map { Array($0.utf8) }
        let message = Self.message(name, try bytes.map(Self.read))
        let isDerived = try options.withConnection { connection in
            try Self.send(message, connection)
            let entries = try Vocabulary(connection.request("describe")).entries(named: name)
            return name != EventName.contactView && entries.contains { $0["to"] == "subscribers" }
        }
        let audience =
            isDerived ? "programs that use Streams; others receive only the daemon's own" : "every connected program"
        Console.out(format.isJSON ? message.text : "broadcast \(Text.printable(name)) to \(audience)")
    }

    static func send(_ message: JSON, _ connection: LineConnection) throws {
        try connection.send(EventName.broadcast, message)
        // There is no answer, only an error.
        do { try connection.synchronize() } catch let failure as ProtocolFailure { throw Self.failure(failure) }
    }

    /// The data of the daemon's `broadcast`.
    static func message(_ name: String, _ data: JSON?) -> JSON {
        var object = JSONObject([("event", .string(name))])
        object["data"] = data
        return .object(object)
    }

    static func read(_ bytes: [UInt8]) throws -> JSON {
        do throws(JSONError) { return try JSON(parsing: bytes) } catch {
            throw CommandFailure(
                status: .usage, message: "the data are not JSON: \(error)",
                next: [#"partyline broadcast crm::pop '{"id":7}'"#])
        }
    }

    static func failure(_ failure: ProtocolFailure) -> CommandFailure {
        guard failure.code == "invalid_params" else { return FailureText.failure(failure) }
        return CommandFailure(status: .usage, message: failure.message, next: ["partyline help broadcast"])
    }
}
