// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// `partyline history`: what has happened, as far as the daemon's event log goes back.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Print what has happened, and how long the agent was in each state.",
        discussion: """
            partyline history -n 20
            partyline history --contact 1234   one contact, and how long it was in each state
            partyline history --since "$clock"

            Each line begins with time and clock. partyline why CLOCK explains it.
            """)

    @Option(help: ArgumentHelp("Only what came after this clock.", valueName: "clock")) var since: String?
    @Option(
        help: ArgumentHelp("Only this contact: its id, or the first letters.", valueName: "id"),
        completion: Completions.contacts)
    var contact: String?
    @Option(
        name: .customShort("n"), parsing: .unconditional,
        help: ArgumentHelp("Only the last lines, at most this many.", valueName: "n"))
    var last: Int?
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        if let last, !(1...100_000).contains(last) { throw ValidationError("-n takes 1 to 100000") }
    }

    func run() throws {
        let events = try HistoryReader(patterns: Self.patterns, options: options).events()
        let id = try contact.map { typed throws(CommandFailure) in try Self.contactId(typed, in: events) }
        let report = HistoryReport(
            try Self.events(events, after: since), contactId: id, now: WallClock.milliseconds)
        if format.isJSON { return Console.out(report.json(last: last).text.escapingDisplayControls) }
        if report.entries.isEmpty { Console.out("nothing has happened") }
        report.lines(last: last, .standardOutput).forEach { Console.out($0) }
    }

    /// With broadcasts: a clock may be that of one.
    static let patterns = ["*"]

    /// The events after a clock. The daemon knows the order of clocks; here only the log's own are known.
    static func events(_ events: [StreamEvent], after clock: String?) throws(CommandFailure) -> [StreamEvent] {
        guard let clock, !clock.isEmpty else { return events }
        guard let place = events.lastIndex(where: { $0.clock == clock }) else { throw unknown(clock) }
        return Array(events[(place + 1)...])
    }

    static func unknown(_ clock: String) -> CommandFailure {
        CommandFailure(
            status: .failure,
            message:
                "no event with the clock \(Text.cut(clock, 60)) is known: there is none, or it is older than what partylined keeps",
            next: ["partyline history   prints what it still has, each line with its clock"])
    }

    /// The contact that was meant, also one that is over.
    static func contactId(_ typed: String, in events: [StreamEvent]) throws(CommandFailure) -> String {
        var seen: Set<String> = []
        let ids = events.compactMap(\.contactId).filter { seen.insert($0).inserted }
        let begun = IdPrefix.matches(typed, among: ids) { $0 }
        if begun.count == 1, let id = begun.first { return id }
        throw CommandFailure(
            status: begun.isEmpty ? .failure : .usage,
            message: begun.isEmpty
                ? "the daemon's log has no contact \(Text.cut(typed, 60))"
                : "\(begun.count) contacts have an id that begins with \(Text.cut(typed, 60))",
            next: (begun.isEmpty ? ids : begun).suffix(8)
                .map { "partyline history --contact \(CommandName.quoted($0))" })
    }
}
