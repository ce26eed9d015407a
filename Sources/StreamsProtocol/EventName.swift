// SPDX-License-Identifier: Apache-2.0

/// The names of the events on the socket: those of Streams (EventType, WebSocketEvents, DisasterRecoveryEvents…), and
/// our own under `partyline::`.
public enum EventName {
    // Client to daemon.
    /// A heartbeat; answered by `acknowledge`.
    public static let synchronize = "synchronize"
    /// Token and endpoints of a session.
    public static let configure = "configure"
    /// A call of the service: `{requestId, method, params}`.
    public static let apiRequest = "api_request"
    /// `becomeMaster` or `checkMaster` for a topic.
    public static let masterRequest = "master_request"
    /// The tab that the port belongs to.
    public static let tabId = "tab_id"
    /// The client disconnects.
    public static let close = "close"
    /// `{event, data}`, sent on to every port.
    public static let broadcast = "broadcast"
    /// Fetch the configuration now.
    public static let reloadAgentConfiguration = "reload_agent_configuration"
    /// Log entries to echo and upload.
    public static let sendLogs = "send_logs"
    /// End the session upstream.
    public static let terminate = "terminate"
    /// A frame for the service's websocket.
    public static let webSocketSend = "webSocket::send"
    /// Topics to subscribe to on the websocket.
    public static let webSocketSubscribe = "webSocket::subscribe"
    /// Disaster recovery: hide contacts that are neither connected nor ended.
    public static let suppress = "disasterRecovery::suppress"
    /// Disaster recovery: this region goes offline.
    public static let forceOffline = "disasterRecovery::force_offline"
    /// Disaster recovery: poll the active region.
    public static let initDRPolling = "disasterRecovery::init_dr_polling"
    /// A request of our own: `{requestId, method, params}`.
    public static let request = "partyline::request"

    // Daemon to client.
    /// The first line of every connection, and the answer to `synchronize`.
    public static let acknowledge = "acknowledge"
    /// The number of ports.
    public static let updateConnectedCCPs = "update_connected_ccps"
    /// The whole agent, `{snapshot, configuration}`.
    public static let agentUpdate = "agent::update"
    /// The answer to an `api_request`.
    public static let apiResponse = "api_response"
    /// The answer to a `master_request`.
    public static let masterResponse = "master_response"
    /// One upstream call: name, time, status.
    public static let apiMetric = "api_metric"
    /// The service no longer accepts the session.
    public static let authFail = "auth_fail"
    /// The service does not permit the agent to do this.
    public static let accessDenied = "access_denied"
    /// The polled calls failed with too many 401s in a row.
    public static let ctiAuthorizeRetriesExhausted = "cti_authorize_retries_exhausted"
    /// The session was authorized again.
    public static let authorizeSuccess = "authorize_success"
    /// The session could not be authorized again.
    public static let authorizeRetriesExhausted = "authorize_retries_exhausted"
    /// A request to the backend of quick responses and screen sharing (decision 3).
    public static let apiProxyRequest = "api_proxy_request"
    /// The answer to an `api_proxy_request`.
    public static let apiProxyResponse = "api_proxy_response"
    /// Disaster recovery: the active region.
    public static let failover = "disasterRecovery::failover"
    /// A page shows a contact.
    public static let contactView = "contact::view"
    /// A log entry of a client, or of the daemon.
    public static let log = "log"
    /// A client terminated the session.
    public static let terminated = "terminated"
    /// A websocket was opened; retry count and timings.
    public static let webSocketConnectionOpen = "webSocket::connection_open"
    /// A websocket closed; code and duration.
    public static let webSocketConnectionClose = "webSocket::connection_close"
    /// A websocket opened when there was none.
    public static let webSocketConnectionGain = "webSocket::connection_gain"
    /// The last open websocket closed.
    public static let webSocketConnectionLost = "webSocket::connection_lost"
    /// The service accepted a subscription.
    public static let webSocketSubscriptionUpdate = "webSocket::subscription_update"
    /// The service refused a subscription, or did not answer.
    public static let webSocketSubscriptionFailure = "webSocket::subscription_failure"
    /// No websocket could be opened.
    public static let webSocketInitFailure = "webSocket::init_failure"
    /// A frame with a topic.
    public static let webSocketAllMessage = "webSocket::all_message"
    /// Sent in addition to `webSocket::connection_gain`.
    public static let agentWebSocketGained = "agent::websocket_connection_gained"
    /// Sent in addition to `webSocket::connection_lost`.
    public static let agentWebSocketLost = "agent::websocket_connection_lost"
    /// A line from this port was rejected.
    public static let error = "partyline::error"
    /// The answer to a `partyline::request`.
    public static let response = "partyline::response"
    /// The port was too slow; lines were dropped.
    public static let lagged = "partyline::lagged"
    /// The state of the sign-in.
    public static let auth = "partyline::auth"
    /// The link to the service.
    public static let link = "partyline::link"
    /// The number of ports, and which one has come or gone.
    public static let ports = "partyline::ports"
    /// The daemon closes this port, with the reason.
    public static let bye = "partyline::bye"

    /// True if only the daemon may send the event, so that a client may not broadcast it.
    public static func isReserved(_ name: String) -> Bool {
        switch name {
        case acknowledge, apiResponse, masterResponse, agentUpdate: true
        // Bytes: as a Character, the second colon may be part of a letter with an accent.
        default: name.utf8.starts(with: "partyline::".utf8)
        }
    }
}
