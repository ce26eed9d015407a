import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline reload`: the daemon reads its configuration again. A bad one changes nothing, and is said.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Have the daemon read its configuration again.")

    @OptionGroup var options: SocketOptions
    @Flag(help: "Print the daemon's answer as JSON.") var json = false

    func run() throws {
        let answer = try options.withConnection { try $0.request("reload", timeout: .seconds(30)) }
        json ? Console.out(answer.text) : Self.lines(answer).forEach { Console.out($0) }
    }

    /// What has changed, what waits for a restart, and what is hardly meant.
    static func lines(_ answer: JSON) -> [String] {
        let applied = texts(answer["applied"])
        let pending = texts(answer["needRestart"])
        var lines = applied.isEmpty ? [] : ["in force now: \(applied.joined(separator: ", "))"]
        if !pending.isEmpty { lines.append("after a restart: \(pending.joined(separator: ", "))") }
        if lines.isEmpty { lines.append("the configuration was read again; nothing has changed") }
        return lines + texts(answer["warnings"]).map { "warning: \($0)" }
    }

    private static func texts(_ list: JSON?) -> [String] { (list?.array ?? []).compactMap(\.string) }
}
