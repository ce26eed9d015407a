// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Log lines about clients")
struct JournalTests {
    @Test(
        "each event that acts upstream or on the daemon → one line",
        arguments: [
            (
                #"{"event":"api_request","data":{"method":"acceptContact","params":{"secret":1}}}"#,
                "an API request method=acceptContact"
            ),
            (#"{"event":"api_request","data":{}}"#, "an API request method=none"),
            (#"{"event":"configure","data":{"authToken":"secret"}}"#, "configure"),
            (#"{"event":"terminate"}"#, "terminate"),
            (#"{"event":"reload_agent_configuration"}"#, "reload_agent_configuration"),
            (#"{"event":"disasterRecovery::suppress","data":{}}"#, "disasterRecovery::suppress"),
            (#"{"event":"disasterRecovery::force_offline","data":{}}"#, "disasterRecovery::force_offline"),
            (#"{"event":"disasterRecovery::init_dr_polling","data":{}}"#, "disasterRecovery::init_dr_polling"),
        ])
    func actions(line: String, journal: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        harness.send(one, line)
        #expect(harness.journal == [journal])
    }

    @Test(
        "each request that acts → one line",
        arguments: [
            ("call", ["method": "acceptContact", "params": ["secret": 1]], "a call method=acceptContact"),
            ("sync", nil, "a sync"), ("reload", nil, "an admin method method=reload"),
            ("setLogLevel", ["level": "debug"], "an admin method level=debug method=setLogLevel"),
            ("setCredentials", ["cookies": "secret"], "an admin method method=setCredentials"),
            ("beginSignIn", nil, "an admin method method=beginSignIn"),
            ("abandonSignIn", ["id": "p"], "an admin method method=abandonSignIn"),
            ("logout", ["when": "free"], "an admin method method=logout when=free"),
            ("terminate", nil, "an admin method method=terminate"),
        ] as [(String, JSON?, String)])
    func requests(method: String, params: JSON?, journal: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        harness.ask(one, method, params)
        #expect(harness.journal == [journal])
    }

    @Test("what stays inside the daemon → no line, not even a broadcast")
    func quiet() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        for event in ["synchronize", "broadcast", "send_logs", "tab_id", "webSocket::subscribe", "nonsense"] {
            harness.send(one, #"{"event":"\#(event)","data":{"event":"mute","tabId":"t"}}"#)
        }
        for method in ["subscribe", "unsubscribe", "getAgent", "getStatus", "describe", "setLogs", "nonsense"] {
            harness.ask(one, method, ["events": ["*"], "level": .null])
        }
        harness.send(one, "nonsense")
        #expect(harness.journal == [])
    }

    @Test("a refused request → no line", arguments: [Role.presence, .observer])
    func refused(role: Role) {
        let harness = ConduitHarness()
        let one = harness.port(1, role: role)
        harness.forget()
        harness.send(one, #"{"event":"api_request","data":{"method":"m"}}"#)
        harness.send(one, #"{"event":"terminate"}"#)
        for method in ["call", "reload", "terminate", "setLogLevel"] { harness.ask(one, method, ["method": "m"]) }
        #expect(harness.journal == [] && harness.asked.isEmpty && harness.syncs.isEmpty)
    }

    @Test("a line has the client's pid, uid and program; the line of a closed port has its id, too")
    func who() {
        let harness = ConduitHarness { $0.badLineLimit = 1 }
        let one = harness.port(1)
        let who = ["pid": "42", "uid": "1000", "program": "test"]
        harness.forget()
        harness.ask(one, "sync")
        #expect(harness.recorded.first == .log(.info, "a sync", who))
        harness.send(one, "x")
        let closed = who.merging(["port": "1735732800000-n1"]) { $1 }
        #expect(harness.recorded.contains(.log(.warning, "a port was closed: 1 bad lines in a row", closed)))
    }

    @Test("a long method name is truncated")
    func long() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        let name = String(repeating: "m", count: 200)
        harness.send(one, #"{"event":"api_request","data":{"method":"\#(name)"}}"#)
        #expect(harness.journal == ["an API request method=\(name.prefix(64))"])
    }

    @Test("a repetition of a pending call's key → no line")
    func sameKey() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        for _ in 0..<3 { harness.ask(one, "call", ["method": "acceptContact", "params": [:], "idempotencyKey": "k"]) }
        #expect(harness.journal == ["a call method=acceptContact"])
    }
}
