import ConnectStreams
import StreamsProtocol

/// What is left of a subscription's events on this side of the socket.
struct EventFilter: Equatable {
    /// All of them have to hold.
    var matches: [EventMatch] = []
    /// True where nobody asked for certain events: what comes all the time is not meant then.
    var hidesNoise = false

    func passes(_ event: StreamEvent) -> Bool {
        if hidesNoise, Self.noise.contains(event.name) { return false }
        return matches.allSatisfy { $0.holds(in: event.data) }
    }

    private static let noise: Set<String> = [
        EventName.agentUpdate, EventName.apiMetric, EventName.log, "agent::refresh", "contact::refresh",
        "server_bound_internal_log",
    ]
}
