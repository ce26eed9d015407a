// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline why CLOCK`
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Explain an event: the rule, who caused it, and what had changed.",
        discussion: """
            partyline history -n 5
            partyline why e:58
            """)

    @Argument(help: "The event's clock, as history, watch --json and wait --json print it.") var clock: String
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func run() throws {
        let events = try HistoryReader(patterns: HistoryCommand.patterns, options: options).events()
        guard let explanation = Explanation(of: clock, in: events) else { throw HistoryCommand.unknown(clock) }
        if format.isJSON { return Console.out(explanation.json.text.escapingDisplayControls) }
        explanation.lines(.standardOutput).forEach { Console.out($0) }
    }
}
