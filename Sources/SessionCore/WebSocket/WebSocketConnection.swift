// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// One websocket, from the attempt to open it until it is closed.
struct WebSocketConnection: Equatable {
    let id: WebSocketID
    /// When the attempt to open it started.
    let attempted: Moment
    /// How long it may be used, in milliseconds.
    let lifetime: Int64
    /// When it opened; nil before that.
    var opened: Moment?
    /// When the heartbeat was sent that has no echo yet, on the clock of `Moment.uptime`; nil if there is none.
    var heartbeatSent: Int64?
    /// True if the last heartbeat had no echo when the next one was due.
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
