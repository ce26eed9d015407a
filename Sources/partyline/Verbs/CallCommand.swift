// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import Glibc
import StreamsProtocol

/// `partyline call METHOD [JSON]`: one operation of Amazon Connect, through the daemon's session.
struct CallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call an operation of Amazon Connect and print its answer.",
        discussion: """
            partyline call getAgentSnapshot
            id=$(partyline get snapshot.contacts.0.contactId)
            partyline call acceptContact "{\\"contactId\\":\\"$id\\"}" --confirm
            jq -n --arg id "$id" '{contactId: $id}' | partyline call clearContact -

            With --confirm it ends only when a later snapshot shows the effect of the call, and prints status, clock and \
            the id of a new contact beside the answer. With --key a call that is \
            repeated is done once.
            """)

    @Argument(help: "The operation, beginning with a lower-case letter: acceptContact.") var method: String
    @Argument(help: ArgumentHelp("Its parameters, a JSON object; - reads them from standard input.", valueName: "json"))
    var parameters: String?
    @Flag(help: "Wait until a snapshot shows the effect.") var confirm = false
    @Option(
        parsing: .unconditional, help: ArgumentHelp("How long the daemon may take to answer.", valueName: "ms"))
    var deadline: Int?
    @Option(
        help: ArgumentHelp("An idempotency key: a second call with the same key is not done again.", valueName: "name"))
    var key: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Same as --deadline, in seconds (default: 30).", valueName: "seconds"))
    var timeout: Double?
    @Flag(help: "Send a plain api_request, as Streams does.") var plain = false
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        let most = plain ? 86_400.0 : 600
        if let timeout, !(timeout > 0 && timeout <= most) {
            throw ValidationError("--timeout takes seconds, up to \(Int(most))\(plain ? "" : " (86400 with --plain)")")
        }
        if let deadline, !(1...600_000).contains(deadline) {
            throw ValidationError("--deadline takes milliseconds, up to 600000")
        }
        if deadline != nil, timeout != nil { throw ValidationError("--deadline and --timeout mean the same; give one") }
        if plain, confirm || key != nil { throw ValidationError("--plain cannot be combined with --confirm or --key") }
    }

    func run() throws {
        let params = try Self.read(parameters == "-" ? SmallFile.bytes(STDIN_FILENO) : Array((parameters ?? "{}").utf8))
        let answer = try options.withConnection { try self.answer($0, params) }
        Console.out(
            GetCommand.text(answer, asJSON: format.isJSON || answer.string != nil, isTerminal: Console.isTerminal))
    }

    var milliseconds: Int { deadline ?? timeout.map { max(1, Int($0 * 1000)) } ?? 30_000 }

    /// The parameters of the daemon's `call` request.
    func request(_ params: JSON) -> JSON { call(params).request }

    private func call(_ params: JSON) -> ServiceCall {
        ServiceCall(method: method, params: params, confirms: confirm, milliseconds: milliseconds, key: key)
    }

    private func answer(_ connection: LineConnection, _ params: JSON) throws -> JSON {
        if plain { return try call(params).plainAnswer(connection) }
        do {
            let answer = try call(params).answer(connection)
            return confirm ? answer : answer["data"] ?? .null
        } catch let failure as ProtocolFailure {
            throw FailureText.outcome(failure)
        }
    }

    static func read(_ bytes: [UInt8]) throws -> JSON {
        do throws(JSONError) {
            let params = try JSON(parsing: bytes)
            if params.object != nil { return params }
        } catch {
            throw usage("the parameters are not JSON: \(error)")
        }
        throw usage("the parameters must be a JSON object")
    }

    private static func usage(_ message: String) -> CommandFailure {
        CommandFailure(
            status: .usage, message: message, next: [#"partyline call acceptContact '{"contactId":"ID"}'"#])
    }
}
