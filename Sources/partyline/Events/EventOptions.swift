// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// The options for events that `watch`, `wait` and `hook` share.
struct EventOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Event names; * stands for a part: contact::connected, agent::*, contact::*::ID.", valueName: "pattern"))
    var patterns: [String] = []

    @Option(help: ArgumentHelp("Start after this clock, which an earlier event or reply had.", valueName: "clock"))
    var since: String?

    @Option(
        help: ArgumentHelp(
            "Only events whose data has this value at this path: newState=Available. If repeated, all must match.",
            valueName: "path=value"))
    var match: [EventMatch] = []

    @Flag(help: "First what is there already: an event for each contact, and for each known state of the softphone.")
    var existing = false

    func validate() throws { _ = try Self.parsed(patterns) }

    /// The patterns, or what is wrong with the first bad one.
    static func parsed(_ patterns: [String]) throws -> [EventPattern] {
        try patterns.map { pattern in
            do throws(EventPattern.Fault) { return try EventPattern(pattern) } catch {
                throw ValidationError(message(error, pattern))
            }
        }
    }

    private static func message(_ fault: EventPattern.Fault, _ pattern: String) -> String {
        switch fault {
        case .empty: "an event's name is missing"
        case .emptyPart: "\"\(pattern)\" has an empty part: names look like contact::connected"
        case .partialStar:
            "in \"\(pattern)\" the * is not a whole part; write it as in agent::*"
        case .tooLong:
            "\"\(Text.cut(pattern, 40))\" is too long: a pattern has at most \(EventPattern.longest) bytes and "
                + "\(EventPattern.mostParts) parts"
        }
    }

    /// The clock to start after. A script that has no clock yet passes an empty one.
    var clock: String? { since.flatMap { $0.isEmpty ? nil : $0 } }

    /// No patterns means all events.
    func subscription(_ mode: Subscription.Mode = .all, waits: Bool = false) -> Subscription {
        Subscription(patterns.isEmpty ? ["*"] : patterns, mode: mode, since: clock, existing: existing, waits: waits)
    }

    var filter: EventFilter {
        EventFilter(
            matches: match, hidesNoise: patterns.isEmpty, hidden: patterns.isEmpty ? [EventName.ports] : [],
            showsExisting: existing)
    }
}
