public import AgentModel
public import StreamsProtocol

public enum SessionEvent: Equatable, Sendable {
    case start
    case stop
    /// A client's `configure`.
    case configure(JSON)
    /// A client's `api_request`, or its `call`.
    case call(RequestTicket, method: String?, params: JSON)
    /// A snapshot is wanted at once; `SessionAction.synced` says when it is there.
    case sync(SyncTicket)
    /// A client's `reload_agent_configuration`.
    case reloadConfiguration
    /// A client's `send_logs`.
    case logs([JSON])
    /// A client's `terminate`.
    case terminate
    /// A client's `disasterRecovery::suppress`.
    case suppress(JSON)
    /// A client's `disasterRecovery::force_offline`.
    case forceOffline(JSON)
    /// A client's `disasterRecovery::init_dr_polling`.
    case initDRPolling(JSON)
    /// A client's broadcast of `api_proxy_request`.
    case proxy(JSON)
    /// A client's `webSocket::subscribe`.
    case subscribe([String])
    /// A client's `webSocket::send`.
    case sendFrame(JSON)
    /// A timer that was scheduled is due.
    case timer(SessionTimer)
    case http(CallID, HTTPOutcome)
    case webSocket(WebSocketID, WebSocketSignal)
}

/// Names an HTTP call under way.
public struct CallID: Hashable, Sendable {
    let number: Int
}

/// Names a websocket, from the attempt to open it on.
public struct WebSocketID: Hashable, Sendable {
    let number: Int
}

public enum WebSocketSignal: Equatable, Sendable {
    case opened
    case text([UInt8])
    /// It is gone: by a close frame (its code and reason), or without one (1006, also for a refused handshake).
    case closed(code: Int, reason: String)
}

/// The timers of a session; scheduling one again replaces it.
public enum SessionTimer: Hashable, Sendable {
    /// The latest time for the pollers to begin.
    case polling
    /// The next long poll.
    case snapshot
    /// The next round of the configuration.
    case configuration
    /// The next look at the token's age.
    case tokenCheck
    /// The next attempt at authorizing.
    case authorize
    /// The attempt at a new token by the refresh token, after authorizing was refused.
    case newToken
    /// The next attempt at a call.
    case callRetry(CallID)
    /// The next question which region is active.
    case activeRegion
    /// The time for a session after `terminate` to begin.
    case revival
    case webSocket(WebSocketTimer)
}

/// The timers of the websocket manager.
public enum WebSocketTimer: Hashable, Sendable {
    case transport
    /// The socket being opened takes too long.
    case open(WebSocketID)
    case heartbeat(WebSocketID)
    /// The end of its life.
    case lifetime(WebSocketID)
    /// The subscription's answer is due, or its next attempt.
    case subscription(WebSocketID)
}
