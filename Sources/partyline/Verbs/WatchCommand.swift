// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import ConnectStreams
import Glibc
import StreamsProtocol

/// `partyline watch`: prints events until it is interrupted, across restarts of the daemon.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Print events as they happen.",
        discussion: """
            partyline watch                                 in sentences
            partyline watch 'contact::*'                    a line for each event
            partyline watch -n 20                           the last 20, and then the new ones
            partyline watch --format json --since "$clock"  the daemon's lines, after a clock
            partyline watch --format light                  green, red, blink, yellow, off or unknown

            If the daemon goes away, watch reports it on standard error, waits for the daemon, and continues after the last \
            event. It ends with status 0 when it is interrupted or its output is closed.
            """)

    @OptionGroup var events: EventOptions
    @Option(help: "Output format.") var format: WatchFormat = .line
    @Option(
        name: .customShort("n"), parsing: .unconditional,
        help: ArgumentHelp("First the last events that the daemon still has, at most this many.", valueName: "n"))
    var last: Int?
    @Option(help: ArgumentHelp("Leave out events that match this pattern. May be repeated.", valueName: "pattern"))
    var except: [String] = []
    @Flag(help: "Wait for a daemon that does not run yet, instead of ending with status 3.") var wait = false
    @Flag(help: "If this program cannot keep up, print only the newest event of each name.") var latest = false
    @OptionGroup var options: SocketOptions
    @Flag(help: "The same as --format json.") var json = false

    func validate() throws {
        _ = try EventOptions.parsed(except)
        if let last, !(1...100_000).contains(last) { throw ValidationError("-n takes 1 to 100000") }
        if last != nil, events.clock != nil { throw ValidationError("-n and --since both choose the start; give one") }
        if last != nil, events.existing {
            throw ValidationError("-n begins with what has happened, --existing with what is there; give one")
        }
        guard format == .light else { return }
        if json { throw ValidationError("--json cannot be combined with --format light") }
        guard events.patterns.isEmpty, events.match.isEmpty, except.isEmpty, events.since == nil, last == nil,
            !events.existing
        else {
            throw ValidationError(
                "--format light chooses its own events: no patterns, --match, --except, --since, -n or --existing")
        }
    }

    func run() throws {
        // Output is unbuffered: there is nothing to flush.
        EndSignals.handle { _ in _exit(0) }
        EventFeed.warn(of: events, options)
        var view = view
        let filter = filter
        var subscription = subscription
        if let last { subscription.since = try printLast(last, &view, filter) }
        var feed = try EventFeed(subscription, options)
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

    /// Returns the clock to continue after; nil to start now.
    private func printLast(_ count: Int, _ view: inout any UpdateView, _ filter: EventFilter) throws -> String? {
        let reader = HistoryReader(patterns: subscription.patterns, options: options)
        do {
            return try reader.print(last: count) { filter.passes($0) ? view.lines(.event($0)) : [] }
        } catch let failure as CommandFailure where wait && failure.status == .notRunning {
            return nil
        }
    }

    private var subscription: Subscription {
        guard format == .light else { return events.subscription(latest ? .latest : .all, waits: wait) }
        var subscription = LightView.subscription
        subscription.waits = wait
        return subscription
    }

    /// The sentences and the light ignore what they do not need; JSON prints every event.
    var filter: EventFilter {
        var filter = events.filter
        filter.hidesNoise = isList && events.patterns.isEmpty
        filter.except = except.compactMap { try? EventPattern($0) }
        return filter
    }

    private var isList: Bool { format == .line && !json && !(events.patterns.isEmpty && events.match.isEmpty) }

    private var view: any UpdateView {
        if json || format == .json { return JSONView() }
        if format == .light { return LightView() }
        let palette = Palette.standardOutput
        if isList { return ListView(palette: palette) { WallClock.milliseconds } }
        return StoryView(palette: palette, tellsUpdates: latest) { WallClock.milliseconds }
    }
}
