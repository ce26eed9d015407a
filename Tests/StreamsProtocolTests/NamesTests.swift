// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@Suite("Names: events, the socket's path, error codes")
struct NamesTests {
    @Test(
        "events of the daemon are reserved",
        arguments: [
            "acknowledge", "api_response", "master_response", "agent::update", "partyline::error", "partyline::",
            "partyline::anything",
        ])
    func reserved(name: String) {
        #expect(EventName.isReserved(name))
    }

    @Test(
        "other events are not reserved",
        arguments: [
            "", "mute", "agent::refresh", "agent::updated", "Acknowledge", "partyline", "partyline:x", "api_request",
            "contact::accepted", "update_connected_ccps", "contact::view", "x::partyline::y",
        ])
    func free(name: String) {
        #expect(!EventName.isReserved(name))
    }

    @Test("the event names are those of Streams")
    func wire() {
        let fromClients = [
            EventName.synchronize, EventName.configure, EventName.apiRequest, EventName.masterRequest, EventName.tabId,
            EventName.close, EventName.broadcast, EventName.reloadAgentConfiguration, EventName.sendLogs,
            EventName.terminate, EventName.webSocketSend, EventName.webSocketSubscribe, EventName.suppress,
            EventName.forceOffline, EventName.initDRPolling, EventName.request,
        ]
        #expect(
            fromClients == [
                "synchronize", "configure", "api_request", "master_request", "tab_id", "close", "broadcast",
                "reload_agent_configuration", "send_logs", "terminate", "webSocket::send", "webSocket::subscribe",
                "disasterRecovery::suppress", "disasterRecovery::force_offline", "disasterRecovery::init_dr_polling",
                "partyline::request",
            ])
        let fromDaemon = [
            EventName.acknowledge, EventName.updateConnectedCCPs, EventName.agentUpdate, EventName.apiResponse,
            EventName.masterResponse, EventName.apiMetric, EventName.authFail, EventName.accessDenied,
            EventName.ctiAuthorizeRetriesExhausted, EventName.authorizeSuccess, EventName.authorizeRetriesExhausted,
            EventName.terminated, EventName.agentWebSocketGained, EventName.agentWebSocketLost, EventName.error,
            EventName.response, EventName.lagged, EventName.bye, EventName.failover, EventName.log,
        ]
        #expect(
            fromDaemon == [
                "acknowledge", "update_connected_ccps", "agent::update", "api_response", "master_response",
                "api_metric", "auth_fail", "access_denied", "cti_authorize_retries_exhausted", "authorize_success",
                "authorize_retries_exhausted", "terminated", "agent::websocket_connection_gained",
                "agent::websocket_connection_lost", "partyline::error", "partyline::response", "partyline::lagged",
                "partyline::bye", "disasterRecovery::failover", "log",
            ])
        let webSocket = [
            EventName.webSocketConnectionOpen, EventName.webSocketConnectionClose, EventName.webSocketConnectionGain,
            EventName.webSocketConnectionLost, EventName.webSocketSubscriptionUpdate,
            EventName.webSocketSubscriptionFailure, EventName.webSocketInitFailure, EventName.webSocketAllMessage,
        ]
        #expect(
            webSocket == [
                "webSocket::connection_open", "webSocket::connection_close", "webSocket::connection_gain",
                "webSocket::connection_lost", "webSocket::subscription_update", "webSocket::subscription_failure",
                "webSocket::init_failure", "webSocket::all_message",
            ])
    }

    struct Place: Sendable {
        let explicit: String?
        let instance: String?
        let environment: [String: String]
        let path: String?

        init(_ explicit: String?, _ instance: String?, _ environment: [String: String], _ path: String?) {
            self.explicit = explicit
            self.instance = instance
            self.environment = environment
            self.path = path
        }
    }

    private static let both = ["PARTYLINE_SOCKET": "/a/env.sock", "XDG_RUNTIME_DIR": "/run/user/1000"]

    @Test(
        "the socket's path: flag, then instance, environment, runtime folder",
        arguments: [
            Place("/x.sock", "support", both, "/x.sock"), Place(nil, "support", both, "/run/partyline/support.sock"),
            Place(nil, "support", ["XDG_RUNTIME_DIR": "/run/user/1000"], "/run/partyline/support.sock"),
            Place(nil, "support", ["PARTYLINE_SOCKET": ""], "/run/partyline/support.sock"),
            Place(nil, nil, ["XDG_RUNTIME_DIR": "/run/user/1000"], "/run/user/1000/partyline/partyline.sock"),
            Place(nil, nil, both, "/a/env.sock"), Place(nil, nil, [:], nil),
            Place(nil, nil, ["XDG_RUNTIME_DIR": "", "PARTYLINE_SOCKET": ""], nil),
            Place(nil, nil, ["XDG_RUNTIME_DIR": "run/user/1000"], nil),
        ])
    func socketPath(place: Place) {
        let path = SocketPath.resolve(
            explicit: place.explicit, instance: place.instance, environment: place.environment)
        #expect(path == place.path)
    }

    @Test("an error as JSON and as text")
    func errors() {
        let plain = ProtocolError(.notReady, "no session yet", retryable: true)
        #expect(plain.json.text == #"{"code":"not_ready","message":"no session yet","retryable":true}"#)
        #expect(plain.description == "no session yet")
        let hinted = ProtocolError(.lineTooLong, "too long", hint: "be brief")
        #expect(
            hinted.json.text == #"{"code":"line_too_long","message":"too long","hint":"be brief","retryable":false}"#)
        #expect("\(hinted)" == "too long (be brief)")
    }

    @Test("the error codes are the documented list")
    func codes() {
        #expect(
            ProtocolError.Code.allCases.map(\.rawValue) == [
                "invalid_line", "line_too_long", "unknown_method", "invalid_params", "not_permitted", "not_ready",
                "not_authenticated", "unavailable", "timeout", "conflict", "unauthorized", "too_many", "internal",
            ])
        #expect(Partyline.protocolVersion == 1)
    }
}
