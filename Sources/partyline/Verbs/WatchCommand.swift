// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import ConnectStreams
import Glibc

/// `partyline watch`: prints events until it is interrupted, across restarts of the daemon.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Print events as they happen.",
        discussion: """
            partyline watch                                 in sentences
            partyline watch 'contact::*'                    a line for each event
            partyline watch --format json --since "$clock"  the daemon's lines, after a clock
            partyline watch --format light                  green, red, blink, yellow, off or unknown

            If the daemon goes away, watch reports it on standard error, waits for the daemon, and continues after the last \
            event. It ends with status 0 when it is interrupted or its output is closed.
            """)

    @OptionGroup var events: EventOptions
    @Option(help: "Output format.") var format: WatchFormat = .line
    @Flag(help: "Wait for a daemon that does not run yet, instead of ending with status 3.") var wait = false
    @Flag(help: "If this program cannot keep up, print only the newest event of each name.") var latest = false
    @OptionGroup var options: SocketOptions
    @Flag(help: "The same as --format json.") var json = false

    func validate() throws {
        guard format == .light else { return }
        if json { throw ValidationError("--json cannot be combined with --format light") }
        guard events.patterns.isEmpty, events.match.isEmpty, events.since == nil else {
            throw ValidationError("--format light chooses its own events: no patterns, no --match, no --since")
        }
    }

    func run() throws {
        // Output is unbuffered: there is nothing to flush.
        EndSignals.handle { _ in _exit(0) }
        EventFeed.warn(of: events, options)
        var view = view
        var feed = try EventFeed(subscription, options)
        let filter = filter
        while true {
            let update = try feed.next(before: view.deadline, interruption: .readerGone(STDOUT_FILENO))
            view.due().forEach { Console.out($0) }
            guard let update else {
                if Console.isReaderGone { return }
                continue
            }
            if case .event(let event) = update, !filter.passes(event) { continue }
            view.lines(update).forEach { Console.out($0) }
        }
    }

    private var subscription: Subscription {
        guard format == .light else { return events.subscription(latest ? .latest : .all, waits: wait) }
        var subscription = LightView.subscription
        subscription.waits = wait
        return subscription
    }

    /// The sentences and the light ignore what they do not need; JSON prints every event.
    private var filter: EventFilter {
        EventFilter(matches: events.match, hidesNoise: isList && events.patterns.isEmpty)
    }

    private var isList: Bool { format == .line && !json && !(events.patterns.isEmpty && events.match.isEmpty) }

    private var view: any UpdateView {
        if json || format == .json { return JSONView() }
        if format == .light { return LightView() }
        let palette = Palette.standardOutput
        if isList { return ListView(palette: palette) { WallClock.milliseconds } }
        return StoryView(palette: palette) { WallClock.milliseconds }
    }
}
