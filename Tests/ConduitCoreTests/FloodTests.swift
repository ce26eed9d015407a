import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Ports that ask too fast")
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

    @Test("are refused, and told when to come again", arguments: lines)
    func refused(line: String) throws {
        let (harness, one) = harness()
        for _ in 1...3 { harness.say(one, line) }
        _ = harness.read(one)
        harness.say(one, line)
        let answer = try #require(harness.read(one).first)
        #expect(
            answer.contains("too_many") && answer.contains("limits.requestsPerSecond") && answer.contains("wait 100 ms")
        )
        #expect(harness.conduit.counters.limitedRequests == 1)
        harness.advance(100)
        harness.say(one, line)
        #expect(harness.conduit.counters.limitedRequests == 1)
    }

    @Test("going on and on they are told bye, with one line in the journal", arguments: lines)
    func flood(line: String) throws {
        let (harness, one) = harness()
        harness.forget()
        for _ in 0..<2_000 {
            harness.say(one, line)
            _ = harness.read(one)
        }
        let bye = try JSON(parsing: try #require(harness.closed[one]))
        #expect(bye["event"] == "partyline::bye" && bye["data"]?["reason"] == "flood")
        let message =
            "this port asks more than 10 times a second (limits.requestsPerSecond), after 3 at once (limits.requestBurst)"
        #expect(bye["data"]?["message"]?.string == message)
        #expect(harness.journal.filter { $0.hasPrefix("a port was closed") } == ["a port was closed: \(message)"])
        #expect(harness.conduit.portCount == 0)
    }

    @Test(
        "so are those that may not do what they ask", arguments: ["api_request", "broadcast", "terminate", "configure"])
    func refusedRole(event: String) throws {
        let (harness, _) = harness()
        let one = harness.port(2, role: .observer)
        for _ in 0..<2_000 {
            harness.say(one, #"{"event":"\#(event)","data":{"event":"x"}}"#)
            _ = harness.read(one)
        }
        #expect(harness.closed[one]?.contains(#""reason":"flood""#) == true)
    }

    @Test(
        "an API request is answered in its own form, whatever it is refused for", arguments: [Role.observer, .operator])
    func apiRequests(role: Role) throws {
        let (harness, _) = harness()
        let one = harness.port(2, role: role)
        for number in 1...5 {
            harness.say(one, #"{"event":"api_request","data":{"requestId":\#(number),"method":"m"}}"#)
        }
        let answers = try harness.read(one).map { try JSON(parsing: $0) }
        #expect(answers.allSatisfy { $0["event"] == "api_response" })
        #expect(answers.suffix(2).map { $0["data"]?["requestId"] } == [4, 5])
        #expect(answers.last?["data"]?["err"]?.string?.hasPrefix(#"{"type":"too_many","#) == true)
    }

    @Test("broadcasts have no pace: who reads them bounds them")
    func broadcasts() {
        let (harness, one) = harness()
        for _ in 0..<2_000 { harness.broadcast(one, "mute") }
        #expect(harness.closed.isEmpty && harness.conduit.counters.limitedRequests == 0)
        #expect(harness.read(one).count == 2_000)
    }

    @Test("one port's flood is not another's")
    func others() {
        let (harness, one) = harness()
        let two = harness.port(2)
        for _ in 0..<500 { harness.say(one, Self.lines[2]) }
        harness.say(two, Self.lines[2])
        #expect(harness.read(two) == [#"{"event":"acknowledge"}"#])
    }
}
