// SPDX-License-Identifier: Apache-2.0
public import AgentModel
public import StreamsProtocol

public enum SessionEvent: Equatable, Sendable {
    case start
    case stop
    /// A client's `configure`.
    case configure(JSON)
    /// A client's `api_request` or `call`. The deadline of a `call` is in milliseconds from now.
    case call(RequestTicket, method: String?, params: JSON, deadline: Int64? = nil)
    /// A snapshot is needed at once. `SessionAction.synced` replies.
    case sync(SyncTicket)
    /// A client asks for the quick connects of these queues; of all queues of the routing profile if there are none.
    /// `SessionAction.reply` has `{endpoints, addresses}`, the same list twice.
    case quickConnects(ReplyTicket, queueARNs: [String])
    /// A client changes the settings of the agent's configuration that the patch names. `SessionAction.reply` has
    /// `{configuration}`, what was set.
    case updateSettings(ReplyTicket, patch: JSONObject)
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
    /// A client's `logout`.
    case logout(ReplyTicket, LogoutMoment)
    /// The cookies have been removed, after `SessionAction.forgetCredentials`; with the reason if some are still on the disk.
    case credentialsForgotten(problem: String?)
    /// A client's `beginSignIn`. `isFirst` is true if there are no cookies of a former sign-in.
    case beginSignIn(ReplyTicket, isFirst: Bool)
    /// A client's `abandonSignIn`, with the prompt's id.
    case abandonSignIn(ReplyTicket, id: String)
    /// A port that has begun a sign-in has closed.
    case portClosed(PortID)
    /// There are cookies that have not been used.
    case credentialsChanged
    case timer(SessionTimer)
    case http(CallID, HTTPOutcome)
    case webSocket(WebSocketID, WebSocketSignal)
}

/// Identifies an HTTP call.
public struct CallID: Hashable, Sendable {
    let number: Int
}

/// Identifies a websocket, from the attempt to open it.
public struct WebSocketID: Hashable, Sendable {
    let number: Int
}

public enum WebSocketSignal: Equatable, Sendable {
    case opened
    case text([UInt8])
    /// The connection ended. Code and reason are the close frame's; without a close frame, or after a refused handshake,
    /// the code is 1006.
    case closed(code: Int, reason: String)
}

/// The timers of a session.
public enum SessionTimer: Hashable, Sendable {
    /// The pollers start now, even if createTransport has not ended.
    case polling
    /// The next long poll.
    case snapshot
    /// The next round of the configuration.
    case configuration
    /// The next check of the token's expiry.
    case tokenCheck
    /// The next request to the authorize endpoint.
    case authorize
    /// The next attempt to use the refresh token, after the authorize endpoint refused.
    case newToken
    /// The next check for new cookies.
    case credentials
    /// The prompt for a sign-in is given up.
    case prompt
    /// The service has not answered a logout in time, or a logout that waits tries again.
    case logout
    /// The next attempt of a call.
    case callRetry(CallID)
    /// Something that the service has not answered may be overdue, a probe is due, or the agent's data become stale.
    case link
    /// The `call` of clearContact with this number has waited long enough for the contact's end.
    case clear(UInt64)
    /// The next check of which region is active.
    case activeRegion
    /// Polling and the websocket start again after `terminate` and a new token.
    case restart
    case webSocket(WebSocketTimer)
}

/// The timers of the websocket manager.
public enum WebSocketTimer: Hashable, Sendable {
    /// The next createTransport.
    case transport
    /// The websocket took too long to open.
    case open(WebSocketID)
    case heartbeat(WebSocketID)
    /// The lifetime that createTransport granted is over.
    case lifetime(WebSocketID)
    /// The reply to a subscription is overdue, or its next attempt is due.
    case subscription(WebSocketID)
}
