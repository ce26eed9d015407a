// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Websocket: heartbeats, lifetime and hand-over")
struct WebSocketHandoverTests {
    private let one = WebSocketID(number: 1)
    private let two = WebSocketID(number: 2)

    private func message(_ text: String) -> String { #"{"topic":"aws/chat","content":"\#(text)"}"# }

    /// The first websocket is silent, and a second one is being opened.
    private func overlapping(topics: [String]) throws -> SessionHarness {
        let harness = try SessionHarness.connected(topics: topics)
        harness.echoes = false
        harness.advance(20_000)
        #expect(harness.count(of: "CreateTransport") == 1)
        harness.echoes = true
        try harness.answer("CreateTransport", Fixture.transport("wss://ws.example/2"))
        harness.forget()
        return harness
    }

    @Test("echoed heartbeats → one every 10 s, no new websocket")
    func echoed() throws {
        let harness = try SessionHarness.connected()
        try harness.idle(300_000)
        #expect(harness.recorded.count { $0 == .sendText(one, Fixture.heartbeat) } == 30)
        #expect(harness.sends(of: "CreateTransport") == 0)
        #expect(harness.events == [])
    }

    @Test("no echo by the next heartbeat → a second websocket replaces the first, without lost or gained")
    func lostHeartbeat() throws {
        let harness = try overlapping(topics: [])
        harness.advance(5)
        harness.handle(.webSocket(two, .opened))
        #expect(harness.events == ["webSocket::connection_open", "webSocket::connection_close"])
        #expect(harness.published.first?.data?["noOpenConnectionsTimestamp"] == .null)
        let close = try #require(harness.published.last?.data)
        #expect(close["code"] == 1000)
        #expect(close["reason"] == "")
        #expect(close["connectionDuration"] == 80_005)
        let order = harness.recorded.filter {
            if case .unschedule = $0 { false } else if case .schedule = $0 { false } else { true }
        }
        #expect(order[2] == .closeWebSocket(one, code: 1000))
        #expect(harness.status.webSocket.state == .open)
        harness.forget()
        harness.advance(9_000)
        #expect(harness.recorded == [])
    }

    @Test("the first stays silent and a topic is never granted → the second replaces it anyway")
    func silentAndUngranted() throws {
        let harness = try overlapping(topics: ["aws/chat", "no/such"])
        harness.handle(.webSocket(two, .opened))
        harness.grant(2, ["aws/chat"])
        #expect(!harness.events.contains("webSocket::connection_close"))
        try harness.idle(10_000)
        #expect(harness.events.contains("webSocket::connection_close"))
        harness.forget()
        harness.receive(2, #"{"topic":"aws/chat","content":"hello"}"#)
        #expect(harness.events == ["webSocket::all_message"])
    }

    @Test("the first is closed only when the second holds every topic")
    func topicsFirst() throws {
        let harness = try overlapping(topics: ["aws/chat", "aws/task"])
        harness.handle(.webSocket(two, .opened))
        #expect(harness.events == ["webSocket::connection_open"])
        harness.grant(2, ["aws/chat"])
        #expect(!harness.events.contains("webSocket::connection_close"))
        harness.grant(2, ["aws/task"])
        #expect(
            harness.events == [
                "webSocket::connection_open", "webSocket::subscription_update", "webSocket::subscription_update",
                "webSocket::connection_close",
            ])
        #expect(harness.sockets == [two])
    }

    @Test("both open → every message is published exactly once")
    func duplicates() throws {
        let harness = try overlapping(topics: ["aws/chat"])
        harness.handle(.webSocket(two, .opened))
        harness.forget()
        harness.receive(1, message("a"))
        #expect(harness.receive(2, message("a")) == [])
        harness.grant(2, ["aws/chat"])
        #expect(harness.receive(1, message("b")) == [])
        harness.receive(2, message("b"))
        let messages = harness.published.filter { $0.event == "webSocket::all_message" }
        #expect(messages.map { $0.data?["content"] } == ["a", "b"])
    }

    @Test("the lifetime is over → replaced the same way")
    func lifetime() throws {
        let harness = try SessionHarness.running()
        try harness.answer("CreateTransport", Fixture.transport(life: 300))
        harness.handle(.webSocket(one, .opened))
        harness.handle(.subscribe(["aws/chat"]))
        harness.grant(1, ["aws/chat"])
        try harness.idle(299_999)
        #expect(harness.count(of: "CreateTransport") == 0)
        try harness.idle(1)
        #expect(harness.count(of: "CreateTransport") == 1)
        harness.forget()
        try harness.answer("CreateTransport", Fixture.transport(life: 300))
        harness.handle(.webSocket(two, .opened))
        harness.grant(2, ["aws/chat"])
        #expect(
            harness.events == [
                "webSocket::connection_open", "webSocket::subscription_update", "webSocket::connection_close",
            ])
    }

    @Test("the first closes before the second holds every topic → the second takes over at once")
    func firstCloses() throws {
        let harness = try overlapping(topics: ["aws/chat"])
        harness.handle(.webSocket(two, .opened))
        harness.forget()
        harness.handle(.webSocket(one, .closed(code: 1006, reason: "")))
        #expect(harness.events == ["webSocket::connection_close"])
        #expect(harness.sends(of: "CreateTransport") == 0)
        #expect(harness.receive(2, message("a")).count == 1)
    }

    @Test("silent, and createTransport fails → lost")
    func noReplacement() throws {
        let harness = try SessionHarness.connected()
        harness.echoes = false
        harness.advance(20_000)
        harness.forget()
        let actions = try harness.endForGood("CreateTransport", .failure("x"))
        #expect(actions.contains(.closeWebSocket(one, code: 1000)))
        #expect(
            harness.events == [
                "webSocket::connection_close", "agent::websocket_connection_lost", "webSocket::connection_lost",
            ])
        #expect(harness.published.allSatisfy { $0.event == "api_metric" || $0.data?["code"] == 1006 })
        #expect(actions.last == .schedule(.webSocket(.transport), after: 2_000))
        #expect(harness.status.webSocket.state == .connecting)
    }

    @Test("silent, and the replacement is refused or times out → lost", arguments: [true, false])
    func refusedReplacement(isRefused: Bool) throws {
        let harness = try overlapping(topics: [])
        if isRefused {
            harness.handle(.webSocket(two, .closed(code: 1006, reason: "")))
            #expect(harness.wait(for: .webSocket(.transport)) != nil)
        } else {
            try harness.advance(to: .webSocket(.open(two)))
            #expect(harness.sockets == [WebSocketID(number: 3)])
        }
        #expect(harness.events.suffix(2) == ["agent::websocket_connection_lost", "webSocket::connection_lost"])
        #expect(harness.recorded.contains(.closeWebSocket(one, code: 1000)))
    }

    @Test("silent, then a late echo → not lost when the replacement is refused")
    func lateEcho() throws {
        let harness = try overlapping(topics: [])
        harness.receive(1, #"{"topic":"aws/heartbeat"}"#)
        harness.handle(.webSocket(two, .closed(code: 1006, reason: "")))
        #expect(harness.events == ["webSocket::connection_close"])
        #expect(harness.status.webSocket.state == .open)
        #expect(harness.receive(1, message("a")).count == 1)
    }

    @Test("the second is silent → closed, and the first stays")
    func silentCandidate() throws {
        let harness = try overlapping(topics: ["aws/chat"])
        harness.receive(1, #"{"topic":"aws/heartbeat"}"#)
        harness.echoes = false
        harness.handle(.webSocket(two, .opened))
        harness.forget()
        let actions = try harness.advance(to: .webSocket(.heartbeat(two)))
        #expect(actions.first == .closeWebSocket(two, code: 1000))
        #expect(harness.events.suffix(1) == ["webSocket::connection_close"])
        #expect(harness.wait(for: .webSocket(.transport)) != nil)
        #expect(harness.sockets == [one])
    }
}
