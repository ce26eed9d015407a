import ArgumentParser
import ConnectStreams

/// Which events: what `watch`, `wait` and `hook` have in common.
struct EventOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Names of events, with * for a part: contact::connected, agent::*, contact::*::ID.", valueName: "pattern"))
    var patterns: [String] = []

    @Option(help: ArgumentHelp("Begin after this clock, of an earlier event or answer.", valueName: "clock"))
    var since: String?

    @Option(
        help: ArgumentHelp(
            "Only events whose data has this value at this path: newState=Available. All that are given must hold.",
            valueName: "path=value"))
    var match: [EventMatch] = []

    func validate() throws {
        if let problem = patterns.lazy.compactMap(EventPattern.problem).first { throw ValidationError(problem) }
    }

    /// Without patterns everything is meant.
    func subscription(_ mode: Subscription.Mode = .all) -> Subscription {
        // A script that has no clock yet says so with an empty one.
        let clock = since.flatMap { $0.isEmpty ? nil : $0 }
        return Subscription(patterns.isEmpty ? ["*"] : patterns, mode: mode, since: clock)
    }

    var filter: EventFilter { EventFilter(matches: match, hidesNoise: patterns.isEmpty) }
}
