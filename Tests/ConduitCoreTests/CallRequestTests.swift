// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

/// The integration with `Conduit`. `CallTests` covers the keeper itself.
@Suite("partyline::request: call")
struct CallRequestTests {
    private static let accept: JSON = ["method": "acceptContact", "params": ["contactId": "a"]]
    private static let confirmed: JSON = ["method": "acceptContact", "params": ["contactId": "a"], "confirm": true]

    private func calls(_ harness: ConduitHarness) -> [UInt64] {
        harness.asked.compactMap { if case .call(.call(let number), _, _, _) = $0 { number } else { nil } }
    }

    @Test("a call is passed on with a number, and answered as accepted with the clock")
    func accepted() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "call", Self.accept, requestId: "r")
        let number = try #require(calls(harness).first)
        let ask = ConduitRequest.call(
            .call(number), method: "acceptContact", params: ["contactId": "a"], deadline: 30_000)
        #expect(harness.recorded.contains(.ask(one, ask)))
        #expect(harness.timers == [.call(number): 30_000])
        harness.handle(.answered(.call(number), .success(["x": 1])))
        #expect(harness.read(one) == [answerLine(#"{"status":"accepted","data":{"x":1},"clock":"e1:1"}"#, id: #""r""#)])
        #expect(harness.timers.isEmpty)
    }

    @Test("contact::accepted and the confirming snapshot's events come before the answer")
    func order() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.updateAgent("a=connecting")
        harness.subscribe(one, "contact::*")
        _ = harness.read(one)
        harness.ask(one, "call", Self.confirmed)
        harness.handle(.accepted(contactId: "a"))
        harness.handle(.answered(.call(try #require(calls(harness).first)), .success([:])))
        #expect(harness.syncs.count == 1)
        harness.updateAgent("a=connected")
        #expect(
            harness.briefly(one) == [
                "contact::accepted e1:10", "contact::connected e1:13", "contact::refresh e1:14", "partyline::response",
            ])
    }

    @Test("a confirmation's clock is not older than the snapshot that shows it")
    func clock() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.updateAgent("a=connecting")
        harness.ask(one, "call", Self.confirmed)
        harness.handle(.answered(.call(try #require(calls(harness).first)), .success([:])))
        harness.updateAgent("a=connected")
        let answer = answerLine(#"{"status":"confirmed","data":{},"clock":"e1:13"}"#)
        #expect(harness.read(one).last == answer)
    }

    @Test("a failed sync does not fail the call, which waits until its deadline")
    func sync() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.updateAgent("a=connecting")
        harness.ask(one, "call", Self.confirmed)
        _ = harness.read(one)
        harness.handle(.answered(.call(try #require(calls(harness).first)), .success([:])))
        harness.handle(.synced(try #require(harness.syncs.first), ProtocolError(.unavailable, "no network")))
        #expect(harness.read(one) == [])
        harness.advance(30_000)
        let line = try #require(harness.read(one).first)
        #expect(line.contains(#""code":"timeout""#) && line.contains("no snapshot has shown it within 30000 ms"))
    }

    @Test("the service's error → a protocol error")
    func failed() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "call", Self.accept)
        let error = ServiceError(type: "ContactNotFoundException", message: "no contact", status: 404)
        harness.handle(.answered(.call(try #require(calls(harness).first)), .failure(.service(error))))
        let line = try #require(harness.read(one).first)
        #expect(line.contains(#""data":null,"err":{"code":"#) && line.contains("ContactNotFoundException"))
    }

    @Test("without an answer the deadline → timeout")
    func deadline() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "call", ["method": "acceptContact", "params": [:], "deadlineMs": 5_000])
        harness.advance(4_999)
        #expect(harness.read(one) == [])
        harness.advance(1)
        #expect(try #require(harness.read(one).first).contains(#""code":"timeout""#))
        harness.handle(.answered(.call(try #require(calls(harness).first)), .success([:])))
        #expect(harness.read(one) == [] && harness.conduit.ledger.usage.requests == 0)
    }

    @Test("one key of a user makes one call and answers all its ports; another user's key is another")
    func keys() throws {
        let harness = ConduitHarness()
        let ports = [harness.port(1), harness.port(2), harness.port(3, role: .operator)]
        for port in ports { _ = harness.read(port) }
        let params: JSON = ["method": "acceptContact", "params": ["contactId": "a"], "idempotencyKey": "k"]
        for port in ports { harness.ask(port, "call", params) }
        #expect(calls(harness).count == 2)
        for number in calls(harness) { harness.handle(.answered(.call(number), .success([:]))) }
        for port in ports { #expect(harness.briefly(port) == ["partyline::response"]) }
        harness.ask(ports[1], "call", params)
        #expect(harness.briefly(ports[1]) == ["partyline::response"] && calls(harness).count == 2)
        #expect(harness.conduit.ledger.usage.requests == 0)
    }

    @Test("an answer for a closed port is dropped")
    func closed() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "call", Self.accept)
        harness.handle(.closed(one))
        #expect(harness.timers.isEmpty)
        _ = harness.conduit.takeDuePorts()
        harness.handle(.answered(.call(try #require(calls(harness).first)), .success([:])))
        #expect(harness.conduit.takeDuePorts() == .some([]))
    }
}
