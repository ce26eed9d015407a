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
            partyline wait agent::routable --or-now

            Take the clock first to miss nothing that happens between two commands:

            clock=$(partyline sync) && partyline call … && partyline wait contact::connected --since "$clock"

            The exit status is 0 if the event came, 6 if it did not come in time.
            """)

    @OptionGroup var events: EventOptions
    @Option(
        parsing: .unconditional, help: ArgumentHelp("How long to wait (default: forever).", valueName: "seconds"))
    var timeout: Double?
    @Flag(help: "Wait for a daemon that does not run yet, instead of ending with status 3.") var wait = false
    @Flag(help: "End at once if it holds already: the present state of agent, contacts and softphone counts, too.")
    var orNow = false
    @OptionGroup var format: FormatOptions
    @OptionGroup var options: SocketOptions

    func validate() throws {
        if events.patterns.isEmpty { throw ValidationError("wait needs the name of an event: contact::connected") }
        if let timeout, !(timeout > 0 && timeout <= 1_000_000) {
            throw ValidationError("--timeout takes seconds, more than 0 and up to 1000000")
        }
        if orNow, events.clock != nil {
            throw ValidationError("--or-now asks for the present, --since for the past; give one")
        }
    }

    func run() throws {
        let deadline = timeout.map { ContinuousClock.now + .seconds($0) }
        EventFeed.warn(of: events, options)
        var condition = WaitCondition(events, orNow: orNow)
        var subscription = subscription(beside: condition.additionalPatterns)
        var feed = try EventFeed(subscription, options)
        while true {
            let update = try feed.next(before: deadline, interruption: .readerGone(STDOUT_FILENO))
            // The reader of standard output has ended: the event could not be printed if it came.
            if update == nil, Console.isReaderGone { throw ExitCode(CommandStatus.failure.rawValue) }
            // Other events may arrive without a pause.
            if let deadline, deadline <= .now { throw late }
            switch update.map({ condition.judge($0) }) ?? .waiting {
            case .waiting: continue
            case .met(let event): return Console.out(text(event))
            case .outOfDate(let age): Console.error(Self.outOfDate(age))
            case .upToDate:
                subscription.waits = true
                feed = try EventFeed(subscription, options)
            }
        }
    }

    private func subscription(beside patterns: [String]) -> Subscription {
        var subscription = events.subscription(waits: wait)
        subscription.patterns += patterns
        if orNow { subscription.existing = true }
        return subscription
    }

    static func outOfDate(_ ageMs: Int?) -> String {
        let age = ageMs.map { " (the last one is \(Text.span(milliseconds: $0)) old)" } ?? ""
        return "partyline: Amazon Connect does not answer; waiting for the present state\(age)"
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
