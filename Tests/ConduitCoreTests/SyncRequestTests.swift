// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("sync")
struct SyncRequestTests {
    private static func agent(_ number: Int) -> ConduitEvent {
        .agent(
            AgentData(
                snapshot: SnapshotData(
                    json: JSONObject([("localTimestamp", .int(1_735_732_799_000 + number)), ("n", .int(number))])),
                configuration: AgentConfiguration(json: JSONObject())))
    }

    @Test("sync is answered after the lines of its snapshot", arguments: [false, true])
    func answered(subscribes: Bool) throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        if subscribes { harness.subscribe(one, "*") }
        harness.ask(one, "sync", requestId: 2)
        _ = harness.read(one)
        harness.handle(.publish("a", nil))
        harness.handle(Self.agent(7))
        harness.handle(.synced(try #require(harness.syncs.first), nil))
        harness.handle(.publish("b", nil))
        let names = harness.briefly(one)
        let streams = ["a", "agent::update", "partyline::response", "b"]
        let all = [
            "a e1:2", "agent::update e1:2", "agent::init e1:4", "agent::refresh e1:5", "partyline::response", "b e1:6",
        ]
        #expect(names == (subscribes ? all : streams))
        #expect(harness.timers.isEmpty && harness.conduit.ledger.usage.requests == 0)
    }

    @Test("the reply has the clock, and the snapshot's time and age")
    func form() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "sync")
        harness.advance(250)
        harness.handle(Self.agent(0))
        _ = harness.read(one)
        harness.handle(.synced(try #require(harness.syncs.first), nil))
        let data = #"{"clock":"e1:4","asOf":"2025-01-01T11:59:59.000Z","ageMs":1250}"#
        #expect(harness.read(one) == [answerLine(data)])
    }

    @Test("without an agent the reply has only the clock")
    func noAgent() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "sync")
        harness.handle(.synced(try #require(harness.syncs.first), nil))
        #expect(harness.read(one) == [answerLine(#"{"clock":"e1:1"}"#)])
    }

    @Test("an error is passed on to the port")
    func failed() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "sync")
        let error = ProtocolError(.notReady, "there is no session yet", hint: "wait", retryable: true)
        harness.handle(.synced(try #require(harness.syncs.first), error))
        #expect(harness.read(one) == [refusalLine(error)])
        #expect(harness.timers.isEmpty)
    }

    @Test("no snapshot before the deadline → timeout, and a later one is not answered", arguments: [nil, 500])
    func deadline(milliseconds: Int?) throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "sync", milliseconds.map { ["deadlineMs": .int($0)] })
        harness.advance(Int64(milliseconds ?? 15_000) - 1)
        #expect(harness.read(one) == [])
        harness.advance(1)
        let error = ProtocolError(
            .timeout, "no snapshot came in time", hint: "partyline status", retryable: true)
        #expect(harness.read(one) == [refusalLine(error)])
        harness.handle(.synced(try #require(harness.syncs.first), nil))
        #expect(harness.read(one) == [] && harness.conduit.ledger.usage.requests == 0)
    }

    @Test("requests of several ports, and calls that need a snapshot, are answered separately")
    func several() throws {
        let harness = ConduitHarness()
        let ports = (1...2).map { harness.port($0) }
        _ = harness.read(ports[0])
        harness.ask(ports[0], "call", ["method": "acceptContact", "params": ["contactId": "a"], "confirm": true])
        for case .call(let ticket, _, _, _) in harness.asked { harness.handle(.answered(ticket, .success([:]))) }
        for port in ports { harness.ask(port, "sync") }
        let all = harness.syncs
        #expect(all.count == 3 && Set(all).count == 3)
        harness.handle(.synced(all[2], nil))
        #expect(harness.briefly(ports[1]) == ["partyline::response"] && harness.read(ports[0]) == [])
        harness.handle(.synced(all[1], nil))
        #expect(harness.briefly(ports[0]) == ["partyline::response"])
    }

    @Test("a closed port's request is dropped")
    func closed() throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "sync")
        harness.handle(.closed(one))
        #expect(harness.timers.isEmpty && harness.conduit.syncs.isEmpty)
        #expect(harness.conduit.ledger.usage == LedgerUsage(users: []))
        #expect(harness.handle(.synced(try #require(harness.syncs.first), nil)) == [])
    }

    @Test("a closed port's timers are cancelled in order")
    func closedTimers() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        for number in 1...20 { harness.ask(one, "sync", requestId: .int(number)) }
        let timers = harness.handle(.closed(one)).compactMap { action in
            if case .unschedule(.sync(let number)) = action { number } else { nil }
        }
        #expect(timers == Array(1...20))
    }

    @Test("an invalid deadline → invalid_params", arguments: ["0", "-1", "600001", "1.5", #""5""#])
    func bad(deadline: String) throws {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "sync", ["deadlineMs": try JSON(parsing: deadline)])
        let line = try #require(harness.read(one).first)
        #expect(line.contains("params.deadlineMs has to be a whole number from 1 to 600000"))
        #expect(harness.asked.isEmpty && harness.syncs.isEmpty)
    }
}
