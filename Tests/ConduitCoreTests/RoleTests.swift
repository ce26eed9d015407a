// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Roles")
struct RoleTests {
    private static let hint = "edit access.rules in the daemon's configuration, then run: partyline reload"

    private static let table: [(String, Role)] = [
        ("synchronize", .presence), ("close", .presence), ("api_request", .operator), ("broadcast", .operator),
        ("webSocket::send", .operator), ("webSocket::subscribe", .operator), ("reload_agent_configuration", .operator),
        ("master_request", .operator), ("tab_id", .presence), ("send_logs", .operator),
        ("disasterRecovery::suppress", .operator), ("disasterRecovery::force_offline", .operator),
        ("disasterRecovery::init_dr_polling", .operator), ("configure", .admin), ("terminate", .admin),
    ]

    @Test("an event below its least role → not_permitted, and nothing is passed on", arguments: table, Role.allCases)
    func events(event: (name: String, least: Role), role: Role) {
        let harness = ConduitHarness()
        let one = harness.port(1, role: role)
        harness.send(one, #"{"event":"\#(event.name)","data":{"requestId":"r","event":"x"}}"#)
        let isRefused = role < event.least
        #expect(harness.conduit.counters.refusedMessages == (isRefused ? 1 : 0))
        guard isRefused else { return }
        let text = "\(event.name) needs the role \(event.least.rawValue); this port has \(role.rawValue)"
        let error: JSON = ["type": "not_permitted", "message": .string(text)]
        let answer: JSON = [
            "event": "api_response", "requestId": "r", "data": .null, "err": .string(error.text),
        ]
        let line =
            event.name == "api_request"
            ? ConduitHarness.text(ServerLine.encode("api_response", answer))
            : errorLine("not_permitted", text, hint: Self.hint)
        #expect(harness.read(one) == [line])
        #expect(harness.asked.isEmpty && harness.syncs.isEmpty)
        #expect(harness.conduit.counters.badLines == 0)
    }

    @Test("role and name are checked for every line, repeated ones included")
    func again() {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .presence)
        for event in ["synchronize", "terminate", "terminate", "unknown::event", "terminate", "synchronize"] {
            harness.send(one, #"{"event":"\#(event)"}"#)
        }
        #expect(harness.conduit.counters.refusedMessages == 3)
        #expect(harness.conduit.counters.unknownEvents == 1)
        let acknowledge = ConduitHarness.text(ServerLine.encode(EventName.acknowledge))
        #expect(harness.read(one).filter { $0 == acknowledge }.count == 2)
    }

    private static let requests: [(String, Role)] = [
        ("subscribe", .presence), ("unsubscribe", .presence), ("getStatus", .presence), ("describe", .presence),
        ("getAgent", .presence), ("getSeat", .observer), ("getLogs", .observer), ("getQuickConnects", .operator),
        ("updateSettings", .operator), ("sync", .observer), ("setLogs", .observer),
        ("call", .operator),
        ("setLogLevel", .admin), ("reload", .admin), ("setCredentials", .admin),
        ("beginSignIn", .admin), ("abandonSignIn", .admin), ("logout", .admin), ("terminate", .admin),
    ]

    @Test("a method below its least role → not_permitted, and nothing is passed on", arguments: requests, Role.allCases)
    func methods(method: (name: String, least: Role), role: Role) {
        let harness = ConduitHarness()
        let one = harness.port(1, role: role)
        harness.send(one, #"{"event":"partyline::request","data":{"requestId":1,"method":"\#(method.name)"}}"#)
        let isRefused = role < method.least
        #expect(harness.conduit.counters.refusedMessages == (isRefused ? 1 : 0))
        guard isRefused else { return }
        #expect(harness.asked.isEmpty && harness.syncs.isEmpty)
        let text = "\(method.name) needs the role \(method.least.rawValue); this port has \(role.rawValue)"
        #expect(
            harness.read(one) == [
                #"{"event":"partyline::response","data":{"requestId":1,"data":null,"#
                    + #""err":{"code":"not_permitted","message":"\#(text)","hint":"\#(Self.hint)","retryable":false}}}"#
            ])
    }

    @Test("these tables have every event and method")
    func complete() {
        #expect(Self.requests.map(\.0).sorted() == CommandTable.methods.keys.sorted())
        let events = Self.table.map(\.0) + [EventName.request]
        #expect(events.sorted() == CommandTable.events.keys.sorted())
    }

    @Test("a refused api_request without a requestId is answered without one")
    func noRequestId() {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .observer)
        harness.send(one, #"{"event":"api_request"}"#)
        let text =
            #"{\"type\":\"not_permitted\",\"message\":\"api_request needs the role operator; this port has observer\"}"#
        #expect(
            harness.read(one) == [
                #"{"event":"api_response","data":{"event":"api_response","data":null,"err":"\#(text)"}}"#
            ])
    }

    @Test("roles are ordered, and the default rule admits root and the daemon's user")
    func order() {
        #expect(Role.allCases.sorted() == [.presence, .observer, .operator, .admin])
        #expect(Role.allCases.map(\.rawValue) == ["presence", "observer", "operator", "admin"])
        let rules = AccessRules(ownUid: 1000)
        #expect(rules.role(of: ConduitHarness.peer(uid: 1000)) == .admin)
        #expect(rules.role(of: ConduitHarness.peer(uid: 0)) == .admin)
        #expect(rules.role(of: ConduitHarness.peer(uid: 1001)) == nil)
        #expect(PortID(number: 1) < PortID(number: 2))
    }
}
