// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Limits, through a port")
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
        "this port has 2 unanswered requests; it may have 2 (limits.requests)", "limits.requests")

    @Test("an API request above the port's limit → api_response with too_many, and no request to the session")
    func apiRequests() throws {
        let harness = ConduitHarness { $0.ledger.portRequests = 2 }
        let one = harness.port(1)
        for number in 1...3 {
            harness.send(one, #"{"event":"api_request","data":{"requestId":\#(number),"method":"m"}}"#)
        }
        let error: JSON = [
            "type": "too_many", "message": .string(Self.waiting.message), "hint": .string(Self.waiting.hint ?? ""),
        ]
        let answer: JSON = ["event": "api_response", "requestId": 3, "data": .null, "err": .string(error.text)]
        #expect(harness.read(one) == [ConduitHarness.text(ServerLine.encode("api_response", answer))])
        #expect(harness.asked.count == 2 && harness.conduit.counters.limitedRequests == 1)
        harness.handle(.answered(.request(one, requestId: RawJSON(1)), .success([:])))
        harness.send(one, #"{"event":"api_request","data":{"requestId":4,"method":"m"}}"#)
        #expect(harness.asked.count == 3)
    }

    @Test(
        "a partyline::request above the port's limit → too_many",
        arguments: ["call", "sync", "getStatus", "getAgent", "reload"])
    func requests(method: String) {
        let harness = ConduitHarness { $0.ledger.portRequests = 2 }
        let one = harness.port(1)
        for number in 1...3 { harness.ask(one, method, ["method": "m"], requestId: .int(number)) }
        #expect(harness.read(one) == [refusalLine(Self.waiting, id: "3")])
        #expect(harness.asked.count + harness.syncs.count == 2)
        // Requests that are answered at once are not limited.
        harness.ask(one, "describe")
        harness.subscribe(one, "*")
        #expect(harness.briefly(one) == ["partyline::response", "partyline::response"])
    }

    @Test("the requests of a user's ports are added up, and each port has its reserve")
    func user() {
        let harness = ConduitHarness {
            $0.ledger.uidRequests = 3
            $0.ledger.reserveRequests = 1
        }
        let ports = (1...3).map { harness.port($0) }
        for port in ports { _ = harness.read(port) }
        for number in 1...4 { harness.ask(ports[0], "getStatus", requestId: .int(number)) }
        let error = Self.refusal(
            "the ports of user 1000 have 3 unanswered requests in total; they may have 3 "
                + "(limits.uidRequests)", "limits.uidRequests")
        #expect(harness.read(ports[0]) == [refusalLine(error, id: "4")])
        for port in ports[1...] { harness.ask(port, "getStatus") }
        #expect(harness.asked.count == 5)
    }

    @Test("a closed port's requests count until they are answered")
    func closedPort() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.send(one, #"{"event":"api_request","data":{"requestId":1,"method":"m"}}"#)
        harness.ask(one, "getStatus", requestId: 2)
        harness.ask(one, "sync", requestId: 3)
        harness.handle(.closed(one))
        #expect(harness.conduit.ledger.usage.requests == 2 && harness.conduit.ledger.usage.ports == 1)
        harness.handle(.answered(.request(one, requestId: RawJSON(1)), .failure(.noMethod)))
        harness.handle(.responded(one, requestId: RawJSON(2), .data([:])))
        #expect(harness.conduit.ledger.usage == LedgerUsage(users: []))
        #expect(harness.timers.isEmpty)
    }

    @Test("a closed port's calls count until they are answered", arguments: [true, false])
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
        for case .call(let ticket, _, _, _) in harness.asked { harness.handle(.answered(ticket, .success([:]))) }
        #expect(harness.conduit.ledger.usage == LedgerUsage(users: []))
        #expect(harness.timers.isEmpty)
    }

    @Test("a call counts until the service has answered, even after its deadline", arguments: [1, 2, 3])
    func endedCalls(way: Int) {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "call", ["method": "acceptContact", "params": ["contactId": "a"], "confirm": .bool(way == 3)])
        #expect(harness.conduit.ledger.usage.requests == 1)
        var answers: [ConduitEvent] = []
        for case .call(let ticket, _, _, _) in harness.asked {
            answers.append(.answered(ticket, way == 1 ? .failure(.noSession(.noToken)) : .success([:])))
        }
        if way != 2 { for answer in answers { harness.handle(answer) } }
        harness.advance(30_000)
        #expect(harness.briefly(one) == ["partyline::response"])
        // After its deadline a call still occupies the service.
        #expect(harness.conduit.ledger.usage.requests == (way == 2 ? 1 : 0))
        if way == 2 { for answer in answers { harness.handle(answer) } }
        #expect(harness.conduit.ledger.usage.requests == 0)
    }

    @Test("unread replies above the port's or the user's limit close the port")
    func replyBytes() {
        let harness = ConduitHarness {
            $0.ledger.uidBytes = 24 * 3
            $0.ledger.reserveBytes = 24
        }
        let ports = (1...3).map { harness.port($0) }
        for port in ports { _ = harness.read(port) }
        for port in [0, 0, 1, 2] { harness.send(ports[port], sync) }
        #expect(harness.closed.isEmpty)
        harness.send(ports[0], sync)
        let message =
            "the ports of user 1000 have 96 bytes of unread replies in total; 24 more would exceed their limit of 72 "
            + "(limits.uidReplyBytes)"
        #expect(harness.closed == [ports[0]: bye("slow", message)])
        #expect(harness.briefly(ports[1]).contains("acknowledge"))
    }

    @Test("bytes that await writing count as unread replies")
    func holding() {
        let harness = ConduitHarness { $0.ledger.portBytes = 100 }
        let one = harness.port(1)
        let two = harness.port(2)
        for bytes in [60, 100, 0, 90] { harness.handle(.buffered(one, bytes: bytes)) }
        #expect(harness.closed.isEmpty && harness.conduit.ledger.usage.bytes == 90)
        harness.send(one, sync)
        let message =
            "this port has 90 bytes of unread replies; 24 more would exceed its limit of 100 (limits.replyBytes)"
        #expect(harness.closed == [one: bye("slow", message)])
        #expect(harness.handle(.buffered(one, bytes: 1_000)) == [])
        harness.handle(.closed(one))
        #expect(harness.conduit.ledger.usage.bytes == 0)
        harness.handle(.buffered(two, bytes: 50))
        harness.send(two, sync)
        harness.handle(.buffered(two, bytes: 80))
        #expect(harness.closed[two]?.contains(#""reason":"slow""#) == true)
    }

    @Test(
        "a single line above the limit of unread replies does not close the port")
    func oneLongLine() {
        let harness = ConduitHarness { $0.ledger.portBytes = 100 }
        let one = harness.port(1)
        harness.handle(.buffered(one, bytes: 5_000))
        #expect(harness.closed.isEmpty)
    }
}
