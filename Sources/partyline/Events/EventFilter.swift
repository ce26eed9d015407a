// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ArgumentParser
import ConnectStreams
import StreamsProtocol

/// Filters a subscription's events in this process.
struct EventFilter: Equatable {
    /// All must match.
    var matches: [EventMatch] = []
    /// True if no pattern was given: frequent events are hidden then.
    var hidesNoise = false
    /// Names that are hidden in any case.
    var hidden: Set<String> = []
    /// Patterns of events that are hidden.
    var except: [EventPattern] = []
    /// False hides what is there already: the daemon sends the known states of the softphone to every new subscriber.
    var showsExisting = false

    func passes(_ event: StreamEvent) -> Bool {
        if event.isExisting, !showsExisting { return false }
        if hidden.contains(event.name) || hidesNoise && Self.noise.contains(event.name) { return false }
        if except.contains(where: { $0.matches(event.name, contactId: event.contactId) }) { return false }
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
