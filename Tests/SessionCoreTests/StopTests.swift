// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Stopping and time scaling")
struct StopTests {
    @Test("stop cancels every call and closes every websocket; later events are ignored")
    func stop() throws {
        let harness = try SessionHarness.connected(topics: ["aws/chat"])
        harness.handle(.call(.request(PortID(number: 1), requestId: nil), method: "getAgentStates", params: [:]))
        let ids = harness.calls.map(\.id)
        #expect(ids.count == 2)
        let answer = SessionAction.answer(
            .request(PortID(number: 1), requestId: nil), .failure(.service(.stopping)))
        #expect(
            harness.stop()
                == ids.map { .cancel($0) } + [answer, .closeWebSocket(WebSocketID(number: 1), code: 1000)])
        #expect(harness.status.callsInFlight == 0)
        #expect(harness.status.webSocket.state == .idle)
        harness.forget()
        harness.advance(3_600_000)
        harness.handle(.configure(Fixture.configure("t2")))
        harness.handle(.call(.request(PortID(number: 1), requestId: nil), method: "getAgentStates", params: [:]))
        harness.handle(.reloadConfiguration)
        harness.handle(.subscribe(["x"]))
        harness.handle(.http(ids[0], .failure("cancelled")))
        harness.handle(.webSocket(WebSocketID(number: 1), .closed(code: 1000, reason: "")))
        harness.handle(.start)
        #expect(harness.recorded == [])
    }

    @Test("stop unschedules all websocket timers")
    func timers() throws {
        let harness = try SessionHarness.connected(topics: ["aws/chat"])
        harness.handle(.stop)
        for timer in harness.timers.keys {
            if case .webSocket = timer { Issue.record("\(timer) is still scheduled") }
        }
    }

    @Test("stop during a hand-over closes both websockets")
    func both() throws {
        let harness = try SessionHarness.connected(topics: ["aws/chat"])
        harness.echoes = false
        harness.advance(20_000)
        try harness.answer("CreateTransport", Fixture.transport())
        harness.handle(.webSocket(WebSocketID(number: 2), .opened))
        #expect(
            harness.stop().suffix(2) == [
                .closeWebSocket(WebSocketID(number: 1), code: 1000),
                .closeWebSocket(WebSocketID(number: 2), code: 1000),
            ])
    }

    @Test("stop without a session → no actions")
    func early() {
        #expect(SessionHarness().handle(.stop) == [])
    }

    @Test(
        "waits of at least scaleFrom are scaled",
        arguments: [(100, 2), (5_000, 100), (30_000, 600), (25, 1), (24, 1), (0, 0)] as [(Int64, Int64)])
    func scale(wait: Int64, scaled: Int64) {
        var timers = SessionTimers()
        #expect(timers.scaled(wait) == wait)
        timers.scale = 0.02
        #expect(timers.scaled(wait) == scaled)
        timers.scaleFrom = 1_000
        #expect(timers.scaled(wait) == (wait >= 1_000 ? scaled : wait))
    }

    @Test("timers are scaled; timeouts sent to the service are not")
    func scaled() throws {
        var timers = SessionTimers()
        timers.scale = 0.02
        timers.scaleFrom = 1_000
        let harness = try SessionHarness.configured(timers)
        #expect(harness.wait(for: .tokenCheck) == 6_000)
        #expect(harness.wait(for: .configuration) == 600)
        let poll = try harness.pending("GetAgentSnapshot")
        #expect(poll.timeout == 45_000)
        #expect(poll.body == Array(#"{"timeout":30000,"authentication":{"authToken":"t1"}}"#.utf8))
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.wait(for: .snapshot) == 100)
        harness.advance(100)
        try harness.answer("GetAgentSnapshot", status: 400)
        #expect(harness.wait(for: .snapshot) == 100)
        try harness.answer("CreateTransport", Fixture.transport())
        let id = WebSocketID(number: 1)
        #expect((14...1_300).contains(try #require(harness.wait(for: .webSocket(.open(id))))))
        harness.handle(.webSocket(id, .opened))
        #expect(harness.wait(for: .webSocket(.heartbeat(id))) == 200)
        #expect(harness.wait(for: .webSocket(.lifetime(id))) == 72_000)
    }
}

extension SessionHarness {
    /// The actions of `stop`, without `unschedule`.
    fileprivate func stop() -> [SessionAction] {
        handle(.stop).filter { if case .unschedule = $0 { false } else { true } }
    }
}
