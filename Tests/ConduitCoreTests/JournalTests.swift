import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("What the journal has of clients")
struct JournalTests {
    @Test(
        "a line for each thing that a client has done upstream or to the daemon",
        arguments: [
            (
                #"{"event":"api_request","data":{"method":"acceptContact","params":{"secret":1}}}"#,
                "an API request method=acceptContact"
            ),
            (#"{"event":"api_request","data":{}}"#, "an API request method=none"),
            (#"{"event":"configure","data":{"authToken":"secret"}}"#, "configure"),
            (#"{"event":"terminate"}"#, "terminate"),
            (#"{"event":"reload_agent_configuration"}"#, "reload_agent_configuration"),
            (#"{"event":"disasterRecovery::suppress"}"#, "disasterRecovery::suppress"),
            (#"{"event":"disasterRecovery::force_offline"}"#, "disasterRecovery::force_offline"),
            (#"{"event":"disasterRecovery::init_dr_polling"}"#, "disasterRecovery::init_dr_polling"),
        ])
    func actions(line: String, journal: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        harness.say(one, line)
        #expect(harness.journal == [journal])
    }

    @Test(
        "the same for requests of our own",
        arguments: [
            ("call", ["method": "acceptContact", "params": ["secret": 1]], "a call method=acceptContact"),
            ("sync", nil, "a sync"), ("reload", nil, "an admin method method=reload"),
            ("setLogLevel", ["level": "debug"], "an admin method level=debug method=setLogLevel"),
            ("terminate", nil, "an admin method method=terminate"),
        ] as [(String, JSON?, String)])
    func requests(method: String, params: JSON?, journal: String) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        harness.ask(one, method, params)
        #expect(harness.journal == [journal])
    }

    @Test("none for what does not leave the daemon, broadcasts above all")
    func quiet() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        for event in ["synchronize", "broadcast", "send_logs", "tab_id", "webSocket::subscribe", "nonsense"] {
            harness.say(one, #"{"event":"\#(event)","data":{"event":"mute","tabId":"t"}}"#)
        }
        for method in ["subscribe", "unsubscribe", "getAgent", "getStatus", "describe", "setLogs", "nonsense"] {
            harness.ask(one, method, ["events": ["*"], "level": .null])
        }
        harness.say(one, "nonsense")
        #expect(harness.journal == [])
    }

    @Test("none for what was refused", arguments: [Role.presence, .observer])
    func refused(role: Role) {
        let harness = ConduitHarness()
        let one = harness.port(1, role: role)
        harness.forget()
        harness.say(one, #"{"event":"api_request","data":{"method":"m"}}"#)
        harness.say(one, #"{"event":"terminate"}"#)
        for method in ["call", "reload", "terminate", "setLogLevel"] { harness.ask(one, method, ["method": "m"]) }
        #expect(harness.journal == [] && harness.asked.isEmpty && harness.syncs.isEmpty)
    }

    @Test("each says who: pid, uid and program; a port that was closed also its id")
    func who() {
        let harness = ConduitHarness { $0.badLineLimit = 1 }
        let one = harness.port(1)
        let who = ["pid": "42", "uid": "1000", "program": "test"]
        harness.forget()
        harness.ask(one, "sync")
        #expect(harness.recorded.first == .log(.info, "a sync", who))
        harness.say(one, "x")
        let closed = who.merging(["port": "1735732800000-n1"]) { $1 }
        #expect(harness.recorded.contains(.log(.warning, "a port was closed: 1 bad lines in a row", closed)))
    }

    @Test("a method's name is cut: clients choose it")
    func long() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        let name = String(repeating: "m", count: 200)
        harness.say(one, #"{"event":"api_request","data":{"method":"\#(name)"}}"#)
        #expect(harness.journal == ["an API request method=\(name.prefix(64))"])
    }

    @Test("a call that only waits for another of its key is no call")
    func sameKey() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.forget()
        for _ in 0..<3 { harness.ask(one, "call", ["method": "acceptContact", "params": [:], "idempotencyKey": "k"]) }
        #expect(harness.journal == ["a call method=acceptContact"])
    }
}
