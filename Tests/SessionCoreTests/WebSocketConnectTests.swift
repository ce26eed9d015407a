// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Websocket: opening, loss and recovery")
struct WebSocketConnectTests {
    private let one = WebSocketID(number: 1)
    private let two = WebSocketID(number: 2)

    private func withoutData(_ event: String) -> SessionAction { .publish(event, RawJSON?.none) }
    private func unscheduled(_ id: WebSocketID) -> [SessionAction] {
        [WebSocketTimer.heartbeat(id), .lifetime(id), .subscription(id), .open(id)].map { .unschedule(.webSocket($0)) }
    }

    @Test("the first websocket → gained, open with timings, a heartbeat at once")
    func first() throws {
        let harness = try SessionHarness.configured()
        harness.advance(50)
        let opening = try harness.answer("CreateTransport", Fixture.transport())
        #expect(opening.first == .openWebSocket(one, url: Secret(Fixture.webSocketURL)))
        #expect(opening.count == 2)
        #expect((700...1_300).contains(try #require(harness.wait(for: .webSocket(.open(one))))))
        harness.advance(111)
        let timings: JSON = [
            "connectWebSocketRetryCount": 0, "connectionAttemptStartTime": .int(Int(SessionHarness.epoch) + 50),
            "noOpenConnectionsTimestamp": .null, "connectionEstablishedTime": .int(Int(SessionHarness.epoch) + 161),
            "timeToConnect": 111, "timeWithoutConnection": .null,
        ]
        #expect(
            harness.handle(.webSocket(one, .opened)) == [
                .unschedule(.webSocket(.open(one))), .log(.info, "the websocket is open"),
                withoutData("agent::websocket_connection_gained"),
                withoutData("webSocket::connection_gain"), .publish("webSocket::connection_open", RawJSON(timings)),
                .sendText(one, Fixture.heartbeat), .schedule(.webSocket(.heartbeat(one)), after: 10_000),
                .schedule(.webSocket(.lifetime(one)), after: 3_600_000),
            ])
        #expect(harness.handle(.webSocket(one, .opened)) == [])
    }

    @Test("closed by the service → close, lost, a new transport at once; then gained, and one subscribe frame")
    func regained() throws {
        let harness = try SessionHarness.connected(topics: ["aws/chat", "aws/task"])
        let opened = SessionHarness.epoch + 100
        let report: JSON = [
            "openTimestamp": .int(Int(opened)), "closeTimestamp": .int(Int(harness.now.wall)),
            "connectionDuration": 60_000, "code": 1001, "reason": "going away",
        ]
        let lost = harness.now.wall
        let actions = harness.handle(.webSocket(one, .closed(code: 1001, reason: "going away")))
        #expect(
            actions.dropLast() == unscheduled(one) + [
                .publish("webSocket::connection_close", RawJSON(report)),
                .log(.info, "the websocket was lost", ["code": "1001", "why": "going away"]),
                .publish("agent::websocket_connection_lost", RawJSON(report)),
                .publish("webSocket::connection_lost", RawJSON(report)),
            ])
        #expect(harness.count(of: "CreateTransport") == 1)
        #expect(harness.status.webSocket.state == .connecting)
        #expect(harness.status.webSocket.since == lost)

        harness.advance(2_000)
        try harness.answer("CreateTransport", Fixture.transport())
        harness.advance(10)
        let timings: JSON = [
            "connectWebSocketRetryCount": 0, "connectionAttemptStartTime": .int(Int(lost) + 2_000),
            "noOpenConnectionsTimestamp": .int(Int(lost)), "connectionEstablishedTime": .int(Int(lost) + 2_010),
            "timeToConnect": 10, "timeWithoutConnection": 2_010,
        ]
        let subscribe = #"{"topic":"aws/subscribe","content":{"topics":["aws/chat","aws/task"]}}"#
        #expect(
            harness.handle(.webSocket(two, .opened)) == [
                .unschedule(.webSocket(.open(two))), .log(.info, "the websocket is open"),
                withoutData("agent::websocket_connection_gained"),
                withoutData("webSocket::connection_gain"), .publish("webSocket::connection_open", RawJSON(timings)),
                .sendText(two, Fixture.heartbeat), .schedule(.webSocket(.heartbeat(two)), after: 10_000),
                .schedule(.webSocket(.lifetime(two)), after: 3_600_000), .sendText(two, Array(subscribe.utf8)),
                .schedule(.webSocket(.subscription(two)), after: 1_000),
            ])
    }

    @Test("a refused handshake → close without openTimestamp, lost once, growing back-off")
    func refused() throws {
        let harness = try SessionHarness.running()
        var waits: [Int64] = []
        for attempt in 1...8 {
            try harness.answer("CreateTransport", Fixture.transport())
            let id = WebSocketID(number: attempt)
            let actions = harness.handle(.webSocket(id, .closed(code: 1006, reason: "")))
            let report: JSON = [
                "closeTimestamp": .int(Int(harness.now.wall)), "connectionDuration": .null, "code": 1006, "reason": "",
            ]
            let lost: [SessionAction] = [
                .log(.info, "the websocket could not be opened", ["code": "1006", "why": ""]),
                .publish("agent::websocket_connection_lost", RawJSON(report)),
                .publish("webSocket::connection_lost", RawJSON(report)),
            ]
            #expect(
                actions.dropLast() == unscheduled(id) + [.publish("webSocket::connection_close", RawJSON(report))]
                    + (attempt == 1 ? lost : []))
            waits.append(try #require(harness.wait(for: .webSocket(.transport))))
            try harness.advance(to: .webSocket(.transport))
        }
        for (wait, base) in zip(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000] as [Int64]) {
            #expect((base * 7 / 10...base * 13 / 10).contains(wait))
        }
        #expect(harness.status.webSocket.state == .connecting)
    }

    @Test("open for less than a second → counts as refused; open longer → a new transport at once")
    func shortLived() throws {
        for (life, isRefused) in [(999, true), (1_000, false)] as [(Int64, Bool)] {
            let harness = try SessionHarness.running()
            try harness.answer("CreateTransport", Fixture.transport())
            harness.handle(.webSocket(one, .opened))
            harness.advance(life)
            harness.handle(.webSocket(one, .closed(code: 1000, reason: "")))
            #expect((harness.wait(for: .webSocket(.transport)) != nil) == isRefused)
            #expect(harness.count(of: "CreateTransport") == (isRefused ? 0 : 1))
        }
    }

    @Test(
        "a websocket that was open long enough resets the back-off, with or without topics",
        arguments: [[], ["aws/chat"]])
    func backoffIsForgotten(topics: [String]) throws {
        let harness = try SessionHarness.running()
        harness.handle(.subscribe(topics))
        for attempt in 1...6 {
            try harness.answer("CreateTransport", Fixture.transport())
            harness.handle(.webSocket(WebSocketID(number: attempt), .closed(code: 1006, reason: "")))
            try harness.advance(to: .webSocket(.transport))
        }
        try harness.answer("CreateTransport", Fixture.transport())
        harness.handle(.webSocket(WebSocketID(number: 7), .opened))
        if !topics.isEmpty { harness.grant(7, topics) }
        try harness.idle(600_000)
        harness.handle(.webSocket(WebSocketID(number: 7), .closed(code: 1006, reason: "")))
        try harness.answer("CreateTransport", Fixture.transport())
        harness.handle(.webSocket(WebSocketID(number: 8), .closed(code: 1006, reason: "")))
        #expect((700...1_300).contains(try #require(harness.wait(for: .webSocket(.transport)))))
    }

    @Test("opening times out → the next attempt at once with twice the time, until the URL has expired")
    func openTimeout() throws {
        let harness = try SessionHarness.running()
        try harness.answer("CreateTransport", Fixture.transport())
        let start = harness.uptime
        var attempt = 1
        while harness.uptime - start < 85_000 {
            let id = WebSocketID(number: attempt)
            let base = min(Int64(1_000) << Int64(attempt - 1), 30_000)
            #expect((base * 7 / 10...base * 13 / 10).contains(try #require(harness.wait(for: .webSocket(.open(id))))))
            let actions = try harness.advance(to: .webSocket(.open(id)))
            #expect(actions[0] == .closeWebSocket(id, code: 1000))
            guard harness.uptime - start < 85_000 else { break }
            #expect(actions[1] == .openWebSocket(WebSocketID(number: attempt + 1), url: Secret(Fixture.webSocketURL)))
            #expect(harness.handle(.webSocket(id, .opened)) == [])
            attempt += 1
        }
        #expect(attempt >= 6)
        #expect(harness.count(of: "CreateTransport") == 1)
        #expect(harness.events == [])
    }

    @Test("connection_open has the number of timed-out attempts")
    func retryCount() throws {
        let harness = try SessionHarness.running()
        try harness.answer("CreateTransport", Fixture.transport())
        for attempt in 1...3 { try harness.advance(to: .webSocket(.open(WebSocketID(number: attempt)))) }
        harness.handle(.webSocket(WebSocketID(number: 4), .opened))
        let open = harness.published.last { $0.event == "webSocket::connection_open" }
        #expect(open?.data?["connectWebSocketRetryCount"] == 3)
    }

    @Test("signals and timers of an unknown websocket are ignored")
    func unknown() throws {
        let harness = try SessionHarness.connected()
        let unknown = WebSocketID(number: 99)
        #expect(harness.handle(.webSocket(unknown, .opened)) == [])
        #expect(harness.receive(99, #"{"topic":"aws/chat"}"#) == [])
        #expect(harness.handle(.webSocket(unknown, .closed(code: 1000, reason: ""))) == [])
        for timer in [
            WebSocketTimer.open(unknown), .heartbeat(unknown), .lifetime(unknown), .subscription(unknown),
        ] {
            #expect(harness.handle(.timer(.webSocket(timer))) == [])
        }
    }
}
