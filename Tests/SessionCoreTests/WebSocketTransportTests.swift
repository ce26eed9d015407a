// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Websocket: createTransport")
struct WebSocketTransportTests {
    private let initFailure = SessionAction.publish("webSocket::init_failure", RawJSON?.none)

    @Test("a network failure → retried after 2 s, doubled up to 30 s, without an event")
    func network() throws {
        let harness = try SessionHarness.running()
        for wait in [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000] as [Int64] {
            let actions = try harness.endForGood("CreateTransport", .failure("x"))
            #expect(
                actions == [
                    .log(.debug, "no answer from the service", ["call": "CreateTransport", "why": "x"]),
                    .schedule(.webSocket(.transport), after: wait),
                ])
            try harness.advance(to: .webSocket(.transport))
        }
        try harness.answer("CreateTransport", Fixture.transport())
        harness.handle(.webSocket(WebSocketID(number: 1), .closed(code: 1006, reason: "")))
        try harness.advance(to: .webSocket(.transport))
        try harness.endForGood("CreateTransport", .failure("x"))
        #expect(harness.wait(for: .webSocket(.transport)) == 2_000)
    }

    @Test(
        "any other failure → init_failure once until the next success, retried the same way",
        arguments: [400, 404, 500])
    func other(status: Int) throws {
        let harness = try SessionHarness.running()
        let outcome = HTTPOutcome.response(status: status, reason: "", body: [])
        #expect(
            try harness.endForGood("CreateTransport", outcome) == [
                initFailure, .schedule(.webSocket(.transport), after: 2_000),
            ])
        try harness.advance(to: .webSocket(.transport))
        #expect(
            try harness.endForGood("CreateTransport", outcome) == [.schedule(.webSocket(.transport), after: 4_000)])
        try harness.advance(to: .webSocket(.transport))
        try harness.answer("CreateTransport", Fixture.transport())
        harness.handle(.webSocket(WebSocketID(number: 1), .opened))
        harness.advance(5_000)
        harness.handle(.webSocket(WebSocketID(number: 1), .closed(code: 1000, reason: "")))
        #expect(
            try harness.endForGood("CreateTransport", outcome) == [
                initFailure, .schedule(.webSocket(.transport), after: 2_000),
            ])
    }

    @Test(
        "a 401 → auth_fail without data, a 403 → access_denied; both once, before init_failure", arguments: [401, 403])
    func refused(status: Int) throws {
        let harness = try SessionHarness.running()
        let event = status == 401 ? "auth_fail" : "access_denied"
        #expect(
            try harness.answer("CreateTransport", status: status) == [
                .publish(event, RawJSON?.none), initFailure, .schedule(.webSocket(.transport), after: 2_000),
            ])
        try harness.advance(to: .webSocket(.transport))
        #expect(
            try harness.answer("CreateTransport", status: status) == [.schedule(.webSocket(.transport), after: 4_000)])
        // The pollers are not affected.
        #expect(harness.count(of: "GetAgentSnapshot") == 1)
    }

    @Test(
        "an unusable transport → an error in the log and init_failure",
        arguments: [
            (Fixture.transport(life: 299), WebSocketOfferProblem.short(299)),
            (Fixture.transport("wss://ws.example/", life: -1), .short(-1)),
            (Fixture.transport("https://ws.example/"), .plain), (Fixture.transport("ws://ws.example/"), .plain),
            (Fixture.transport("ws://127.0.0.1.evil.example/"), .plain), (Fixture.transport(""), .plain),
            (Fixture.transport("ws://127.0.0.1:8080/"), .plainLoopback),
            (Fixture.transport("ws://127.0.0.1:8080/", life: 1), .plainLoopback),
            ("{}", .incomplete), (#"{"webSocketTransport":null}"#, .incomplete),
            (#"{"webSocketTransport":{"url":"wss://x/"}}"#, .incomplete),
            (#"{"webSocketTransport":{"transportLifeTimeInSeconds":600}}"#, .incomplete),
            (#"{"webSocketTransport":{"url":7,"transportLifeTimeInSeconds":600}}"#, .incomplete),
            ("not JSON", .incomplete), ("", .incomplete),
        ])
    func invalid(body: String, problem: WebSocketOfferProblem) throws {
        let harness = try SessionHarness.running()
        #expect(
            try harness.answer("CreateTransport", body) == [
                .log(.error, problem.message), initFailure,
                .schedule(.webSocket(.transport), after: 2_000),
            ])
    }

    @Test("the message for a plain loopback websocket names the setting")
    func setting() {
        #expect(WebSocketOfferProblem.plainLoopback.message.contains("webSocket.allowPlainLoopback"))
    }

    @Test("a lifetime of 300 s, and plain loopback if allowed → opened")
    func valid() throws {
        let harness = SessionHarness(plainLoopback: true)
        harness.handle(.configure(Fixture.configure()))
        let url = "ws://127.0.0.1:8080/x"
        let actions = try harness.answer("CreateTransport", Fixture.transport(url, life: 300))
        #expect(actions.first == .openWebSocket(WebSocketID(number: 1), url: Secret(url)))
    }

    @Test(
        "which URLs may be opened",
        arguments: [
            ("wss://ws.example/1", true, true), ("wss://10.0.0.1:8443/", true, true),
            ("ws://ws.example/", false, false),
            ("http://ws.example/", false, false), ("", false, false), ("ws://localhost/", false, true),
            ("ws://localhost:8080/x", false, true), ("ws://127.0.0.1", false, true), ("ws://127.1.2.3:1/", false, true),
            ("ws://[::1]:8080/", false, true), ("ws://localhost.example/", false, false),
            ("ws://10.0.0.1/", false, false),
            // Hosts that only begin like a loopback address.
            ("ws://127.evil.example/", false, false), ("ws://127.0.0.1@evil.example/", false, false),
            ("ws://localhost:x@evil.example/", false, false), ("ws://[::1].evil.example/", false, false),
        ].map { URLRow(url: $0.0, strict: $0.1, loopback: $0.2) })
    func urls(row: URLRow) {
        #expect(WebSocketURL.isAllowed(row.url, plainLoopback: false) == row.strict)
        #expect(WebSocketURL.isAllowed(row.url, plainLoopback: true) == row.loopback)
    }

    struct URLRow: Sendable {
        let url: String
        let strict: Bool
        let loopback: Bool
    }
}

@Suite("Huge numbers")
struct HugeNumberTests {
    @Test("a huge lifetime → the websocket is opened", arguments: [Int.max, 10_000_000_000])
    func life(seconds: Int) throws {
        let harness = try SessionHarness.configured()
        try harness.answer("CreateTransport", Fixture.transport(life: seconds))
        harness.handle(.webSocket(WebSocketID(number: 1), .opened))
        #expect(harness.status.webSocket.state == .open)
    }

    @Test(
        "an expiry outside the range of dates → no expiry",
        arguments: [-9.2e18, 9.2e18, 1e300, -1e300] as [Double])
    func expiry(value: Double) throws {
        let harness = try SessionHarness.configured(expires: .double(value))
        #expect(harness.status.auth.expiresAt == nil)
        harness.advance(300_000)
        #expect(harness.count(of: "authorize") == 0)
    }
}
