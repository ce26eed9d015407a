// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The command table")
struct CommandTableTests {
    @Test("events from clients, each with its least role")
    func clientEvents() {
        let expected: [String: Role] = [
            "synchronize": .presence, "close": .presence, "tab_id": .presence, "partyline::request": .presence,
            "api_request": .operator, "master_request": .operator, "broadcast": .operator, "send_logs": .operator,
            "reload_agent_configuration": .operator, "webSocket::send": .operator, "webSocket::subscribe": .operator,
            "disasterRecovery::suppress": .operator, "disasterRecovery::force_offline": .operator,
            "disasterRecovery::init_dr_polling": .operator, "configure": .admin, "terminate": .admin,
        ]
        #expect(CommandTable.events.mapValues(\.role) == expected)
        #expect(ClientEvent.all.count == expected.count, "a name is there twice")
    }

    @Test("methods of partyline::request, each with its least role")
    func methods() {
        let expected: [String: Role] = [
            "getStatus": .presence, "describe": .presence, "subscribe": .presence, "unsubscribe": .presence,
            "getAgent": .presence, "getSeat": .observer, "getLogs": .observer, "getQuickConnects": .operator,
            "updateSettings": .operator, "sync": .observer, "setLogs": .observer, "call": .operator,
            "setLogLevel": .admin,
            "reload": .admin, "setCredentials": .admin, "beginSignIn": .admin, "abandonSignIn": .admin,
            "logout": .admin,
            "terminate": .admin,
        ]
        #expect(CommandTable.methods.mapValues(\.role) == expected)
        #expect(RequestMethod.all.count == expected.count, "a name is there twice")
    }

    @Test("events from the daemon, each with its audience")
    func daemonEvents() {
        let everyone: Set<String> = [
            "update_connected_ccps", "agent::update", "master_response", "webSocket::connection_open",
            "webSocket::connection_close", "webSocket::connection_gain", "webSocket::connection_lost",
            "webSocket::subscription_update", "webSocket::subscription_failure", "webSocket::init_failure",
            "webSocket::all_message", "agent::websocket_connection_gained", "agent::websocket_connection_lost",
            "auth_fail", "access_denied", "cti_authorize_retries_exhausted", "authorize_success",
            "authorize_retries_exhausted", "terminated", "api_metric", "log", "api_proxy_response",
            "disasterRecovery::failover", "disasterRecovery::force_offline",
        ]
        let port: Set<String> = [
            "acknowledge", "api_response", "partyline::response", "partyline::error", "partyline::lagged",
            "partyline::bye",
        ]
        #expect(Self.names(to: .everyone) == everyone)
        #expect(Self.names(to: .port) == port)
        #expect(
            Self.names(to: .subscribers)
                == Derivation.names.union([
                    "contact::view", "partyline::auth", "partyline::link", "partyline::ports",
                ]))
        #expect(CommandTable.daemonEvents.count == DaemonEvent.all.count, "a name is there twice")
    }

    private static func names(to audience: DaemonEvent.Audience) -> Set<String> {
        Set(DaemonEvent.all.filter { $0.audience == audience }.map(\.name))
    }

    @Test("only agent::update, metrics, logs and the states of the daemon are superseded")
    func superseded() {
        let names = DaemonEvent.all.filter(\.isSuperseded).map(\.name)
        #expect(
            names == ["agent::update", "api_metric", "log", "partyline::auth", "partyline::link", "partyline::ports"])
    }

    @Test("presence sees the agent's state, the sign-in, the link and replies, nothing else")
    func presence() {
        let seen = DaemonEvent.all.map(\.name).filter { CommandTable.isVisible($0, to: .presence) }
        let expected: Set<String> = [
            "acknowledge", "agent::update", "api_response", "partyline::response", "partyline::error",
            "partyline::lagged", "partyline::bye", "partyline::auth", "partyline::link", "agent::init",
            "agent::refresh",
            "agent::state_change",
            "agent::routable", "agent::not_routable", "agent::offline", "agent::error", "agent::acw",
            "agent::enqueued_next_state", "agent::cleared_next_state",
        ]
        #expect(Set(seen) == expected)
        #expect(CommandTable.isVisible("partyline::future", to: .presence))
        #expect(!CommandTable.isVisible("mute", to: .presence))
    }

    @Test(
        "every other role sees every event, broadcasts of any name, too",
        arguments: [Role.observer, .operator, .admin], ["contact::init", "webSocket::all_message", "log", "mute", ""])
    func others(role: Role, event: String) {
        #expect(CommandTable.isVisible(event, to: role))
    }

    @Test("the capabilities are the methods and the optional parameters, and the greeting has them")
    func capabilities() {
        let plain = CommandTable.capabilities.filter { !$0.contains(".") }
        let more = CommandTable.capabilities.filter { $0.contains(".") }
        #expect(plain == RequestMethod.all.map(\.name))
        #expect(more == ["subscribe.since", "subscribe.latest", "subscribe.existing", "call.idempotencyKey"])
        let harness = ConduitHarness()
        let greeting = (try? JSON(parsing: harness.read(harness.open(1)).first ?? "")) ?? .null
        let announced = greeting["data"]?["partyline"]?["capabilities"]?.array ?? []
        #expect(announced.compactMap(\.string) == CommandTable.capabilities)
    }

    private static let known =
        "the methods are abandonSignIn, beginSignIn, call, describe, getAgent, getLogs, getQuickConnects, getSeat, getStatus, logout, reload, setCredentials, "
        + "setLogLevel, setLogs, subscribe, sync, terminate, unsubscribe, updateSettings"

    @Test(
        "unknown_method lists the known methods and suggests a similar one",
        arguments: [
            ("getStaus", "did you mean getStatus? "), ("GETAGENT", "did you mean getAgent? "),
            ("setLoglevel", "did you mean setLogLevel? "), ("sub scribe", "did you mean subscribe? "),
            ("frobnicate", ""), ("x", ""), ("", ""), (nil, ""), (String(repeating: "s", count: 1 << 20), ""),
        ])
    func unknownMethod(name: String?, suggestion: String) {
        let error = CommandTable.unknownMethod(name)
        #expect(error.code == .unknownMethod)
        #expect(error.message == "no such method: \(name?.prefix(64) ?? "none")")
        #expect(error.hint == suggestion + Self.known)
        #expect(error.retryable == false)
    }

    @Test("a name that is a single huge character is truncated")
    func endlessCharacter() {
        let error = CommandTable.unknownMethod("e" + String(repeating: "\u{301}", count: 100_000))
        #expect(error.message.utf8.count < 200)
    }
}
