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

    func validate() throws {
        for pattern in patterns {
            do throws(EventPattern.Fault) { _ = try EventPattern(pattern) } catch {
                throw ValidationError(Self.message(error, pattern))
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

    /// No patterns means all events.
    func subscription(_ mode: Subscription.Mode = .all, waits: Bool = false) -> Subscription {
        // A script that has no clock yet passes an empty one.
        let clock = since.flatMap { $0.isEmpty ? nil : $0 }
        return Subscription(patterns.isEmpty ? ["*"] : patterns, mode: mode, since: clock, waits: waits)
    }

    var filter: EventFilter { EventFilter(matches: match, hidesNoise: patterns.isEmpty) }
}

/// Filters a subscription's events in this process.
struct EventFilter: Equatable {
    /// All must match.
    var matches: [EventMatch] = []
    /// True if no pattern was given: frequent events are hidden then.
    var hidesNoise = false
    /// Names that are hidden in any case.
    var hidden: Set<String> = []

    func passes(_ event: StreamEvent) -> Bool {
        if hidden.contains(event.name) || hidesNoise && Self.noise.contains(event.name) { return false }
        return matches.allSatisfy { $0.holds(in: event.data) }
    }

    private static let noise: Set<String> = [
        EventName.agentUpdate, EventName.apiMetric, EventName.log, "agent::refresh", "contact::refresh",
        "server_bound_internal_log",
    ]
}

/// `--match PATH=VALUE`: the value at a path of the event's data.
struct EventMatch: Equatable, ExpressibleByArgument {
    let path: String
    let value: String

    init(path: String, value: String) {
        self.path = path
        self.value = value
    }

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        path = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }

    /// True if the value exists and has this text. A missing value never matches.
    func holds(in data: JSON?) -> Bool {
        guard let data, let found = try? AgentPath(path).value(in: data) else { return false }
        return found.string == value || found.text == value
    }
}
