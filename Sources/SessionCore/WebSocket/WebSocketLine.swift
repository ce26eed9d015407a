import AgentModel
import StreamsProtocol

/// One websocket, from the attempt to open it to its end.
struct WebSocketLine: Equatable {
    let id: WebSocketID
    /// When opening it began.
    let attempted: Moment
    /// How long it may live, in milliseconds.
    let lifetime: Int64
    /// When it opened; nil while it has not.
    var opened: Moment?
    /// True between a heartbeat and its echo.
    var isAwaitingHeartbeat = false
    /// True once a heartbeat had no echo by the next one.
    var isSilent = false
    var subscription: Subscription

    init(id: WebSocketID, attempted: Moment, lifetime: Int64, timers: SessionTimers) {
        self.id = id
        self.attempted = attempted
        self.lifetime = lifetime
        subscription = Subscription(timers: timers)
    }

    /// The data of `connection_close` and `connection_lost`.
    func closeReport(at now: Moment, _ code: Int, _ reason: String) -> JSON {
        var object = JSONObject()
        object["openTimestamp"] = opened.map { .int(Int($0.wall)) }
        object["closeTimestamp"] = .int(Int(now.wall))
        object["connectionDuration"] = opened.map { .int(Int(now.uptime - $0.uptime)) } ?? .null
        object["code"] = .int(code)
        object["reason"] = .string(reason)
        return .object(object)
    }
}
