import ArgumentParser
import ConnectStreams
import Glibc

/// `partyline watch`: events until interrupted, over any number of restarts of the daemon.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Print what happens, as it happens.",
        discussion: """
            partyline watch                                 in sentences
            partyline watch 'contact::*'                    a line for each event
            partyline watch --format json --since "$clock"  the daemon's lines, after a clock
            partyline watch --format light                  green, red, blink, yellow, off or unknown

            If the daemon goes away, watch says so once on standard error, waits for it, and goes on after the last \
            event. It ends with status 0 when it is interrupted or nobody reads its output any more.
            """)

    @OptionGroup var events: EventOptions
    @Option(help: "How to print: line, json or light.") var format: WatchFormat = .line
    @Flag(help: "Only the newest line of each event's name, where this program cannot keep up.") var latest = false
    @OptionGroup var options: SocketOptions
    @Flag(help: "The same as --format json.") var json = false

    func validate() throws {
        guard format == .light else { return }
        if json { throw ValidationError("--json and --format light do not go together") }
        guard events.patterns.isEmpty, events.match.isEmpty, events.since == nil else {
            throw ValidationError("--format light chooses its events itself: no patterns, no --match, no --since")
        }
    }

    func run() throws {
        // Every line has been written when it was printed, so there is nothing to finish.
        EndSignals.handle { _ in _exit(0) }
        EventFeed.warn(of: events.patterns, options)
        var view = view
        var feed = try EventFeed(subscription, options)
        let filter = filter
        while true {
            guard let update = try feed.next() else { continue }
            if case .event(let event) = update, !filter.passes(event) { continue }
            view.lines(update).forEach { Console.out($0) }
        }
    }

    private var subscription: Subscription {
        format == .light ? LightView.subscription : events.subscription(latest ? .latest : .all)
    }

    /// Sentences and lights choose for themselves what to tell; the daemon's lines are given out whole.
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
