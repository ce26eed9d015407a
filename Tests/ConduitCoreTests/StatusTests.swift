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
                "replyBytes": .int(reply.utf8.count + 1),
            ])
        #expect(ports.last?["connectedAt"] == "2025-01-01T12:00:01.000Z")
        #expect(ports.last?["linesSent"] == 0)
        #expect(ports.last?["behind"] == 1)
        let size = ccps(1).utf8.count + 1
        #expect(status["eventLog"] == ["lines": 2, "bytes": .int(2 * size), "first": 1, "next": 3])
        #expect(
            status["counters"] == [
                "connections": 2, "refusedConnections": 1, "badLines": 1, "unknownEvents": 1, "ignoredConfigures": 0,
                "refusedMessages": 0, "lags": 0,
            ])
        #expect(
            status["limits"] == [
                "lineBytes": 1_048_576, "logBytes": 16_777_216, "logLines": 65_536, "replyBytes": 4_194_304,
                "badLines": 100,
            ])
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
