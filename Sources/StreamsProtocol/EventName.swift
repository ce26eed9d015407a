/// The names of events on the socket, as Streams has them (its EventType, WebSocketEvents, DisasterRecoveryEvents…) and
/// our own under `partyline::`.
public enum EventName {
    // Client to daemon.
    /// A heartbeat; answered by `acknowledge`.
    public static let synchronize = "synchronize"
    /// Tokens and endpoints of a session.
    public static let configure = "configure"
    /// A call of the service: `{requestId, method, params}`.
    public static let apiRequest = "api_request"
    /// becomeMaster or checkMaster on a topic.
    public static let masterRequest = "master_request"
    /// The tab that the port belongs to.
    public static let tabId = "tab_id"
    /// The port goes.
    public static let close = "close"
    /// `{event, data}` for every port.
    public static let broadcast = "broadcast"
    /// Fetch the configuration now.
    public static let reloadAgentConfiguration = "reload_agent_configuration"
    /// Log entries to echo and to upload.
    public static let sendLogs = "send_logs"
    /// End the session upstream.
    public static let terminate = "terminate"
    /// A frame for the service's websocket.
    public static let webSocketSend = "webSocket::send"
    /// Topics to subscribe to on the websocket.
    public static let webSocketSubscribe = "webSocket::subscribe"
    /// Disaster recovery: hide what is not connected or ended.
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
    /// How many ports there are.
    public static let updateConnectedCCPs = "update_connected_ccps"
    /// The whole agent, `{snapshot, configuration}`.
    public static let agentUpdate = "agent::update"
    /// The answer to an `api_request`.
    public static let apiResponse = "api_response"
    /// The answer to a `master_request`.
    public static let masterResponse = "master_response"
    /// One upstream call: name, time, status.
    public static let apiMetric = "api_metric"
    /// The session is no longer accepted.
    public static let authFail = "auth_fail"
    /// The agent may not do that at all.
    public static let accessDenied = "access_denied"
    /// The polled calls met too many 401s in a row.
    public static let ctiAuthorizeRetriesExhausted = "cti_authorize_retries_exhausted"
    /// The session was authorized again.
    public static let authorizeSuccess = "authorize_success"
    /// It could not be.
    public static let authorizeRetriesExhausted = "authorize_retries_exhausted"
    /// A request from page to page: quick responses, screen sharing.
    public static let apiProxyRequest = "api_proxy_request"
    /// The answer to an `api_proxy_request`.
    public static let apiProxyResponse = "api_proxy_response"
    /// Disaster recovery: which region counts.
    public static let failover = "disasterRecovery::failover"
    /// A page shows a contact.
    public static let contactView = "contact::view"
    /// A log entry of a client, or of the daemon.
    public static let log = "log"
    /// The session ended because somebody asked.
    public static let terminated = "terminated"
    /// A websocket was opened; retry count and timings.
    public static let webSocketConnectionOpen = "webSocket::connection_open"
    /// A websocket closed; code and duration.
    public static let webSocketConnectionClose = "webSocket::connection_close"
    /// There is a websocket where there was none.
    public static let webSocketConnectionGain = "webSocket::connection_gain"
    /// There is none left.
    public static let webSocketConnectionLost = "webSocket::connection_lost"
    /// The service took a subscription.
    public static let webSocketSubscriptionUpdate = "webSocket::subscription_update"
    /// The service refused one, or kept silent.
    public static let webSocketSubscriptionFailure = "webSocket::subscription_failure"
    /// No websocket could be had at all.
    public static let webSocketInitFailure = "webSocket::init_failure"
    /// A frame with a topic.
    public static let webSocketAllMessage = "webSocket::all_message"
    /// Beside `webSocket::connection_gain`.
    public static let agentWebSocketGained = "agent::websocket_connection_gained"
    /// Beside `webSocket::connection_lost`.
    public static let agentWebSocketLost = "agent::websocket_connection_lost"
    /// A line of this port could not be taken.
    public static let error = "partyline::error"
    /// The answer to a `partyline::request`.
    public static let response = "partyline::response"
    /// The port was too slow; lines were left out.
    public static let lagged = "partyline::lagged"
    /// The daemon closes this port, and why.
    public static let bye = "partyline::bye"

    /// What nobody may broadcast, because the daemon alone says it.
    public static func isReserved(_ name: String) -> Bool {
        switch name {
        case acknowledge, apiResponse, masterResponse, agentUpdate: true
        default: name.hasPrefix("partyline::")
        }
    }
}
