import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Limits, as ports meet them")
struct LimitTests {
    private let sync = #"{"event":"synchronize"}"#

    private func bye(_ reason: String, _ message: String) -> String {
        #"{"event":"partyline::bye","data":{"reason":"\#(reason)","message":"\#(message)"}}"#
    }

    private static func refusal(_ message: String, _ key: String) -> ProtocolError {
        ProtocolError(
            .tooMany, message, hint: "raise \(key) in the daemon's configuration, then: partyline reload",
            retryable: true)
    }

    private static let waiting = refusal(
        "this port has 2 requests that wait for an answer; it may have 2 (limits.requests)", "limits.requests")

    @Test("an API request beyond the port's limit is refused in its own form, and asks nothing")
    func apiRequests() throws {
        let harness = ConduitHarness { $0.ledger.portRequests = 2 }
        let one = harness.port(1)
        for number in 1...3 {
            harness.say(one, #"{"event":"api_request","data":{"requestId":\#(number),"method":"m"}}"#)
        }
        let error: JSON = [
            "type": "too_many", "message": .string(Self.waiting.message), "hint": .string(Self.waiting.hint ?? ""),
        ]
        let answer: JSON = ["event": "api_response", "requestId": 3, "data": .null, "err": .string(error.text)]
        #expect(harness.read(one) == [ConduitHarness.text(ServerLine.encode("api_response", answer))])
        #expect(harness.asked.count == 2 && harness.conduit.counters.limitedRequests == 1)
        harness.handle(.answered(one, requestId: RawJSON(1), data: [:], error: nil))
        harness.say(one, #"{"event":"api_request","data":{"requestId":4,"method":"m"}}"#)
        #expect(harness.asked.count == 3)
    }

    @Test(
        "so is every request of our own that has to wait",
        arguments: ["call", "sync", "getStatus", "getAgent", "reload"])
    func requests(method: String) {
        let harness = ConduitHarness { $0.ledger.portRequests = 2 }
        let one = harness.port(1)
        for number in 1...3 { harness.ask(one, method, ["method": "m"], requestId: .int(number)) }
        #expect(harness.read(one) == [refusalLine(Self.waiting, id: "3")])
        #expect(harness.asked.count == 2)
        // What is answered at once is not limited.
        harness.ask(one, "describe")
        harness.subscribe(one, "*")
        #expect(harness.briefly(one) == ["partyline::response", "partyline::response"])
    }

    @Test("all requests of a user are counted together, and each port has its reserve")
    func user() {
        let harness = ConduitHarness {
            $0.ledger.uidRequests = 3
            $0.ledger.reserveRequests = 1
        }
        let ports = (1...3).map { harness.port($0) }
        for port in ports { _ = harness.read(port) }
        for number in 1...4 { harness.ask(ports[0], "getStatus", requestId: .int(number)) }
        let error = Self.refusal(
            "the ports of user 1000 have 3 requests together that wait for an answer; they may have 3 "
                + "(limits.uidRequests)", "limits.uidRequests")
        #expect(harness.read(ports[0]) == [refusalLine(error, id: "4")])
        for port in ports[1...] { harness.ask(port, "getStatus") }
        #expect(harness.asked.count == 5)
    }

    @Test("a closed port's requests count until they are answered, and no longer")
    func closedPort() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.say(one, #"{"event":"api_request","data":{"requestId":1,"method":"m"}}"#)
        harness.ask(one, "getStatus", requestId: 2)
        harness.ask(one, "sync", requestId: 3)
        harness.handle(.closed(one))
        #expect(harness.conduit.ledger.usage.requests == 2 && harness.conduit.ledger.usage.ports == 1)
        harness.handle(.answered(one, requestId: RawJSON(1), data: nil, error: "{}"))
        harness.handle(.responded(one, requestId: RawJSON(2), .data([:])))
        #expect(harness.conduit.ledger.usage == LedgerUsage(users: []))
        #expect(harness.timers.isEmpty)
    }

    @Test("so do its calls", arguments: [true, false])
    func closedCalls(hasKey: Bool) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        let two = harness.port(2)
        let key: JSON = hasKey ? "k" : .null
        let params: JSON = ["method": "acceptContact", "params": ["contactId": "a"], "idempotencyKey": key]
        harness.ask(one, "call", params)
        if hasKey { harness.ask(two, "call", params) }
        harness.handle(.closed(one))
        harness.handle(.closed(two))
        for case .callOnce(let number, _, _) in harness.asked { harness.handle(.called(number, data: [:], error: nil)) }
        #expect(harness.conduit.ledger.usage == LedgerUsage(users: []))
        #expect(harness.timers.isEmpty)
    }

    @Test("a call that got its answer counts no longer, however it ended", arguments: [1, 2, 3])
    func endedCalls(way: Int) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "call", ["method": "acceptContact", "params": ["contactId": "a"], "confirm": .bool(way == 3)])
        #expect(harness.conduit.ledger.usage.requests == 1)
        for case .callOnce(let number, _, _) in harness.asked where way != 2 {
            harness.handle(.called(number, data: [:], error: way == 1 ? #"{"type":"x"}"# : nil))
        }
        harness.advance(30_000)
        #expect(harness.briefly(one) == ["partyline::response"])
        #expect(harness.conduit.ledger.usage.requests == 0)
    }

    @Test("replies beyond the port's bound close it; those of all ports of a user count together")
    func replyBytes() {
        let harness = ConduitHarness {
            $0.ledger.uidBytes = 24 * 3
            $0.ledger.reserveBytes = 24
        }
        let ports = (1...3).map { harness.port($0) }
        for port in ports { _ = harness.read(port) }
        for port in [0, 0, 1, 2] { harness.say(ports[port], sync) }
        #expect(harness.closed.isEmpty)
        harness.say(ports[0], sync)
        let message =
            "the ports of user 1000 have 96 bytes of unread replies together; 24 more would exceed their 72 "
            + "(limits.uidReplyBytes)"
        #expect(harness.closed == [ports[0]: bye("slow", message)])
        #expect(harness.briefly(ports[1]).contains("acknowledge"))
    }

    @Test("so do bytes that the hand holds for it")
    func holding() {
        let harness = ConduitHarness { $0.ledger.portBytes = 100 }
        let one = harness.port(1)
        let two = harness.port(2)
        for bytes in [60, 100, 0, 90] { harness.handle(.holding(one, bytes: bytes)) }
        #expect(harness.closed.isEmpty && harness.conduit.ledger.usage.bytes == 90)
        harness.say(one, sync)
        let message =
            "this port has 90 bytes of unread replies; 24 more would exceed its 100 (limits.replyBytes)"
        #expect(harness.closed == [one: bye("slow", message)])
        #expect(harness.handle(.holding(one, bytes: 1_000)) == [])
        harness.handle(.closed(one))
        #expect(harness.conduit.ledger.usage.bytes == 0)
        harness.handle(.holding(two, bytes: 50))
        harness.say(two, sync)
        harness.handle(.holding(two, bytes: 80))
        #expect(harness.closed[two]?.contains(#""reason":"slow""#) == true)
    }

    @Test(
        "a first holding that is larger than the bound is let be, for one line may be: lines have a limit of their own")
    func oneLongLine() {
        let harness = ConduitHarness { $0.ledger.portBytes = 100 }
        let one = harness.port(1)
        harness.handle(.holding(one, bytes: 5_000))
        #expect(harness.closed.isEmpty)
    }
}

@Suite("Ports beyond their number")
struct PortLimitTests {
    private func refusal(_ harness: ConduitHarness, _ id: PortID) throws -> (message: String?, hint: String?) {
        let line = try JSON(parsing: try #require(harness.closed[id]))
        #expect(line["event"] == "partyline::error" && line["data"]?["code"] == "too_many")
        return (line["data"]?["message"]?.string, line["data"]?["hint"]?.string)
    }

    @Test("of a program")
    func program() throws {
        let harness = ConduitHarness { $0.ledger.programPorts = 2 }
        for number in 1...2 { harness.open(UInt64(number)) }
        harness.forget()
        let third = harness.open(3)
        let (message, hint) = try refusal(harness, third)
        #expect(message == "process 42 of user 1000 has 2 ports; it may have 2 (limits.programPorts)")
        #expect(hint == "raise limits.programPorts in the daemon's configuration, then: partyline reload")
        #expect(harness.journal == ["a port was refused: \(message ?? "")"])
        #expect(harness.conduit.portCount == 2 && harness.conduit.counters.refusedConnections == 1)
        harness.handle(.closed(PortID(number: 1)))
        harness.open(4)
        #expect(harness.conduit.portCount == 2)
    }

    @Test("of a user")
    func user() throws {
        let harness = ConduitHarness { $0.ledger.uidPorts = 2 }
        for number in 1...3 {
            let peer = Peer(pid: Int32(number), uid: 1000, groups: [], program: nil)
            harness.handle(.opened(PortID(number: UInt64(number)), peer, nonce: "n"))
        }
        let (message, hint) = try refusal(harness, PortID(number: 3))
        #expect(message == "user 1000 has 2 ports; it may have 2 (limits.uidPorts)")
        #expect(hint?.contains("limits.uidPorts") == true)
        harness.open(9, uid: 0)
        #expect(harness.conduit.portCount == 3)
    }

    @Test("that come and go too fast: refused for a second, with one line in the journal")
    func churn() {
        let harness = ConduitHarness { $0.shortConnections = 100 }
        harness.forget()
        for number in 1...500 {
            let id = harness.open(UInt64(number))
            harness.handle(.closed(id))
            harness.advance(1)
        }
        let refused = harness.closed.values.filter { $0.contains("connected and went more than 100 times") }
        #expect(refused.count == 399 && harness.conduit.counters.connections == 101)
        #expect(harness.journal.count == 1)
        #expect(harness.conduit.ledger.usage.ports == 0)
        harness.advance(1_000)
        harness.open(501)
        #expect(harness.conduit.portCount == 1)
    }

    @Test("a stranger who tries a thousand times a second does not fill the journal either", arguments: [true, false])
    func refusedChurn(isStranger: Bool) {
        let harness = ConduitHarness { $0.ledger.uidPorts = 1 }
        harness.open(1_000, uid: 1000)
        harness.forget()
        for number in 1...999 {
            let id = harness.open(UInt64(number), uid: isStranger ? 77 : 1000)
            harness.handle(.closed(id))
            harness.advance(1)
        }
        #expect(harness.conduit.counters.refusedConnections == 999)
        #expect(harness.journal.count <= 102)
    }
}

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
