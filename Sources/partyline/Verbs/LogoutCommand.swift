// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline logout`: ends the sign-in, at the service too.
struct LogoutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Set the agent offline, and end the sign-in.",
        discussion: """
            partyline logout
            partyline logout --when-free

            Without an option it is refused while the agent has a contact. After a logout the daemon has neither cookies nor \
            tokens, nor anything about the agent and the contacts. It waits for the next partyline login, or for new cookies \
            in the file of session.cookieFile.

            The exit status is 0 when the session was logged out, or with --when-free when that is pending.
            """)

    @Flag(help: "If the agent has contacts: make Offline the next state, and log out when the last contact has gone.")
    var whenFree = false
    @Flag(help: "Log out at once, even with contacts, or if Amazon Connect does not answer.") var now = false
    @Flag(help: "Withdraw a logout that waits for the last contact.") var cancel = false
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        guard [whenFree, now, cancel].count(where: { $0 }) <= 1 else {
            throw ValidationError("logout takes one of --when-free, --now and --cancel")
        }
    }

    private var moment: LogoutMoment { whenFree ? .free : now ? .now : cancel ? .never : .idle }

    /// The daemon gives the service 15 seconds for each of two steps.
    private static let timeout = Duration.seconds(60)

    func run() throws {
        let answer = try options.withConnection {
            try $0.request("logout", ["when": .string(moment.rawValue)], timeout: Self.timeout)
        }
        // Its browser would sign in as the same person again, without a question.
        if moment != .never, let path = try? options.path() { BrowserProfile(socket: path)?.forget() }
        for warning in answer["warnings"]?.array ?? [] {
            Console.error("warning: \(Text.printable(warning.string ?? ""))")
        }
        Console.out(format.isJSON ? answer.text : Self.text(answer))
    }

    static func text(_ answer: JSON) -> String {
        switch answer["state"]?.string {
        case "logged_out": return "logged out"
        case "withdrawn": return "the logout was withdrawn; the agent's next state stays as it is"
        default:
            let ids = (answer["contacts"]?.array ?? []).compactMap(\.string).map(Text.printable)
            return "logs out when the last contact has gone: " + ids.joined(separator: ", ")
        }
    }
}
