// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Ports above the request rate")
struct FloodTests {
    private func harness() -> (ConduitHarness, PortID) {
        let harness = ConduitHarness {
            $0.requestsPerSecond = 10
            $0.requestBurst = 3
        }
        return (harness, harness.port(1))
    }

    private static let lines = [
        #"{"event":"partyline::request","data":{"requestId":1,"method":"describe"}}"#,
        #"{"event":"partyline::request","data":{"requestId":1,"method":"nothing"}}"#,
        #"{"event":"synchronize"}"#, #"{"event":"tab_id"}"#, #"{"event":"send_logs"}"#,
        #"{"event":"api_request","data":{"method":"m"}}"#, #"{"event":"webSocket::subscribe"}"#,
        #"{"event":"master_request","data":{}}"#,
    ]

    @Test("are refused with too_many and the time to wait", arguments: lines)
    func refused(line: String) throws {
        let (harness, one) = harness()
        for _ in 1...3 { harness.send(one, line) }
        _ = harness.read(one)
        harness.send(one, line)
        let answer = try #require(harness.read(one).first)
        #expect(
            answer.contains("too_many") && answer.contains("limits.requestsPerSecond") && answer.contains("wait 100 ms")
        )
        #expect(harness.conduit.counters.limitedRequests == 1)
        harness.advance(100)
        harness.send(one, line)
        #expect(harness.conduit.counters.limitedRequests == 1)
    }

    @Test("are closed with partyline::bye after too many refusals, with one log line", arguments: lines)
    func flood(line: String) throws {
        let (harness, one) = harness()
        harness.forget()
        for _ in 0..<2_000 {
            harness.send(one, line)
            _ = harness.read(one)
        }
        let bye = try JSON(parsing: try #require(harness.closed[one]))
        #expect(bye["event"] == "partyline::bye" && bye["data"]?["reason"] == "flood")
        let message =
            "this port sends more than 10 requests per second (limits.requestsPerSecond) "
            + "after a burst of 3 (limits.requestBurst)"
        #expect(bye["data"]?["message"]?.string == message)
        #expect(harness.journal.filter { $0.hasPrefix("a port was closed") } == ["a port was closed: \(message)"])
        #expect(harness.conduit.portCount == 0)
    }

    @Test(
        "refused events of a too low role count as well",
        arguments: ["api_request", "broadcast", "terminate", "configure"])
    func refusedRole(event: String) throws {
        let (harness, _) = harness()
        let one = harness.port(2, role: .observer)
        for _ in 0..<2_000 {
            harness.send(one, #"{"event":"\#(event)","data":{"event":"x"}}"#)
            _ = harness.read(one)
        }
        #expect(harness.closed[one]?.contains(#""reason":"flood""#) == true)
    }

    @Test(
        "an API request gets an api_response, whatever the reason of the refusal",
        arguments: [Role.observer, .operator])
    func apiRequests(role: Role) throws {
        let (harness, _) = harness()
        let one = harness.port(2, role: role)
        for number in 1...5 {
            harness.send(one, #"{"event":"api_request","data":{"requestId":\#(number),"method":"m"}}"#)
        }
        let answers = try harness.read(one).map { try JSON(parsing: $0) }
        #expect(answers.allSatisfy { $0["event"] == "api_response" })
        #expect(answers.suffix(2).map { $0["data"]?["requestId"] } == [4, 5])
        #expect(answers.last?["data"]?["err"]?.string?.hasPrefix(#"{"type":"too_many","#) == true)
    }

    @Test("broadcasts are not rate-limited: the event log bounds their memory")
    func broadcasts() {
        let (harness, one) = harness()
        for _ in 0..<2_000 { harness.broadcast(one, "mute") }
        #expect(harness.closed.isEmpty && harness.conduit.counters.limitedRequests == 0)
        #expect(harness.read(one).count == 2_000)
    }

    @Test("do not affect other ports")
    func others() {
        let (harness, one) = harness()
        let two = harness.port(2)
        for _ in 0..<500 { harness.send(one, Self.lines[2]) }
        harness.send(two, Self.lines[2])
        #expect(harness.read(two) == [#"{"event":"acknowledge"}"#])
    }
}
