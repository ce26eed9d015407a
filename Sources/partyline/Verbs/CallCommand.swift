import AgentModel
import ArgumentParser
import ConnectStreams
import Glibc
import StreamsProtocol

/// `partyline call METHOD [JSON]`: one API request of Amazon Connect, through the daemon's session.
struct CallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call an operation of Amazon Connect and print its answer.",
        discussion: """
            partyline call getAgentSnapshot
            partyline call acceptContact '{"contactId":"…"}'
            jq -n '{contactId: env.ID}' | partyline call clearContact -
            """)

    @Argument(help: "The operation, with a small first letter: acceptContact.") var method: String
    @Argument(help: ArgumentHelp("Its parameters, a JSON object; - reads them from standard input.", valueName: "json"))
    var parameters: String?
    @Option(help: ArgumentHelp("How long to wait for the answer.", valueName: "seconds")) var timeout = 30.0
    @OptionGroup var options: SocketOptions
    @Flag(help: "Print compact JSON, also on a terminal.") var json = false

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else { throw ValidationError("--timeout takes seconds, up to 86400") }
    }

    func run() throws {
        let params = try Self.read(parameters == "-" ? Self.standardInput() : Array((parameters ?? "{}").utf8))
        let answer = try options.withConnection { connection in
            try connection.call(method, params, timeout: .seconds(timeout))
        }
        Console.out(json || !Console.isTerminal ? answer.text : PrettyJSON.text(answer))
    }

    static func read(_ bytes: [UInt8]) throws -> JSON {
        do throws(JSONError) {
            let params = try JSON(parsing: bytes)
            if params.object != nil { return params }
        } catch {
            throw usage("the parameters are not JSON: \(error)")
        }
        throw usage("the parameters have to be a JSON object")
    }

    private static func usage(_ message: String) -> CommandFailure {
        CommandFailure(
            status: .usage, message: message, next: [#"partyline call acceptContact '{"contactId":"ID"}'"#])
    }

    private static func standardInput() -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(STDIN_FILENO, &room, room.count)
            if count > 0 { bytes += room[..<count] } else if count == 0 || errno != EINTR { return bytes }
        }
    }
}
