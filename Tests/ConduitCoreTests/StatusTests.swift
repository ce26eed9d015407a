import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("What getStatus says of ports and log")
struct StatusTests {
    @Test("ports, event log, counters and limits")
    func status() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.advance(1_000)
        harness.open(2)
        harness.open(3, uid: 5)
        harness.say(one, "x")
        harness.say(one, #"{"event":"unknown"}"#)
        let reply = errorLine(
            "invalid_line", "the line is not a JSON object: unexpected character at byte 0",
            hint: #"a line looks like {"event":"synchronize"}"#)
        let status = harness.conduit.status
        let ports = status["ports"]?["list"]?.array ?? []
        #expect(status["ports"]?["count"] == 2)
        #expect(
            ports.first == [
                "id": "1735732800000-n1", "pid": 42, "uid": 1000, "program": "test", "role": "admin",
                "connectedAt": "2025-01-01T12:00:00.000Z", "linesSent": 2, "behind": 1,
                "replyBytes": .int(reply.utf8.count + 1), "requests": 0, "dialect": "streams",
            ])
        #expect(ports.last?["connectedAt"] == "2025-01-01T12:00:01.000Z")
        #expect(ports.last?["linesSent"] == 0)
        #expect(ports.last?["behind"] == 1)
        let size = ccps(1).utf8.count - 1
        #expect(
            status["eventLog"] == [
                "clock": "e1:2", "lines": 2, "bytes": .int(2 * size), "first": 1, "next": 3, "oldest": "e1:0",
                "supersededBytes": 0, "formerRuns": 0,
            ])
        #expect(
            status["counters"] == [
                "connections": 2, "refusedConnections": 1, "badLines": 1, "unknownEvents": 1, "ignoredConfigures": 0,
                "refusedMessages": 0, "limitedRequests": 0, "lags": 0,
            ])
        #expect(
            status["limits"] == [
                "lineBytes": 1_048_576, "badLines": 100, "eventLogBytes": 16_777_216, "eventLogLines": 65_536,
                "supersededBytes": 4_194_304, "replyBytes": 4_194_304, "programReplyBytes": 16_777_216,
                "uidReplyBytes": 67_108_864, "requests": 64, "programRequests": 128, "uidRequests": 256,
                "uidPorts": 4096, "programPorts": 2048, "requestsPerSecond": 200, "requestBurst": 400,
            ])
    }

    @Test("a subscriber's patterns and mode, its requests, and the whole ledger")
    func subscriber() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.subscribe(one, "contact::*", "mute", mode: "latest")
        _ = harness.read(one)
        for _ in 1...2 { harness.ask(one, "getStatus") }
        let port = harness.conduit.status["ports"]?["list"]?.array?.first
        #expect(port?["dialect"] == "subscriber" && port?["requests"] == 2 && port?["behind"] == 0)
        #expect(port?["events"] == ["contact::*", "mute"] && port?["mode"] == "latest")
        let users: JSON = [["uid": 1000, "programs": 1, "ports": 1, "replyBytes": 0, "requests": 2]]
        #expect(
            harness.conduit.status["ledger"] == ["ports": 1, "replyBytes": 0, "requests": 2, "users": users])
    }

    @Test("what the log has lost, and what supersedes itself in it")
    func log() {
        let harness = ConduitHarness { $0.logLines = 2 }
        for name in ["a", "b", EventName.apiMetric, "c"] { harness.handle(.publish(name, nil)) }
        #expect(
            harness.conduit.status["eventLog"] == [
                "clock": "e1:4", "lines": 3, "bytes": 24, "first": 2, "next": 5, "oldest": "e1:1",
                "supersededBytes": 21, "formerRuns": 0,
            ])
    }

    @Test("lines that were made for one port count as sent too")
    func linesSent() {
        let harness = ConduitHarness()
        let one = harness.port(1, role: .presence)
        let before = harness.conduit.status["ports"]?["list"]?.array?.first?["linesSent"]?.int ?? 0
        harness.sees()
        harness.say(one, #"{"event":"synchronize"}"#)
        let sent = harness.read(one).count
        #expect(sent == 2)
        #expect(harness.conduit.status["ports"]?["list"]?.array?.first?["linesSent"] == .int(before + sent))
    }

    @Test("a program that has no name is null")
    func noProgram() {
        let harness = ConduitHarness()
        let peer = Peer(pid: 1, uid: 0, groups: [], program: nil)
        harness.handle(.opened(PortID(number: 1), peer, nonce: "n"))
        #expect(harness.conduit.status["ports"]?["list"]?.array?.first?["program"] == .null)
        #expect(harness.recorded.first == .log(.debug, "a port opened", ["pid": "1", "uid": "0", "program": "?"]))
    }
}
