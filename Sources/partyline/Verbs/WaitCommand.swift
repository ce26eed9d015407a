// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import ConnectStreams
import Glibc

/// `partyline wait EVENT`: waits for one event.
struct WaitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait for an event, print it, and exit.",
        discussion: """
            partyline wait contact::connected --timeout 30
            partyline wait agent::state_change --match newState=Available

            Take the clock first to miss nothing that happens between two commands:

            clock=$(partyline sync) && partyline call … && partyline wait contact::connected --since "$clock"

            The exit status is 0 if the event came, 6 if it did not come in time.
            """)

    @OptionGroup var events: EventOptions
    @Option(
        parsing: .unconditional, help: ArgumentHelp("How long to wait (default: forever).", valueName: "seconds"))
    var timeout: Double?
    @Flag(help: "Wait for a daemon that does not run yet, instead of ending with status 3.") var wait = false
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        if events.patterns.isEmpty { throw ValidationError("wait needs the name of an event: contact::connected") }
        if let timeout, !(timeout > 0 && timeout <= 1_000_000) {
            throw ValidationError("--timeout takes seconds, more than 0 and up to 1000000")
        }
    }

    func run() throws {
        let deadline = timeout.map { ContinuousClock.now + .seconds($0) }
        EventFeed.warn(of: events, options)
        var feed = try EventFeed(events.subscription(waits: wait), options)
        let filter = events.filter
        while true {
            let update = try feed.next(before: deadline, interruption: .readerGone(STDOUT_FILENO))
            // The reader of standard output has ended: the event could not be printed if it came.
            if update == nil, Console.isReaderGone { throw ExitCode(CommandStatus.failure.rawValue) }
            // Other events may arrive without a pause.
            if let deadline, deadline <= .now { throw late }
            if case .event(let event)? = update, filter.passes(event) { return Console.out(text(event)) }
        }
    }

    private func text(_ event: StreamEvent) -> String {
        if format.isJSON { return String(decoding: event.line, as: UTF8.self) }
        return ListView(palette: .standardOutput) { WallClock.milliseconds }.line(event)
    }

    private var late: CommandFailure {
        let span = Text.setting(milliseconds: Int((timeout ?? 0) * 1000))
        let names = events.patterns.joined(separator: " or ")
        return CommandFailure(
            status: .timeout, message: "no \(names) within \(span)",
            next: ["partyline watch   shows the events that happen"])
    }
}
