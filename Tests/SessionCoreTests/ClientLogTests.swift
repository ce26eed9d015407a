// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Clients' log entries")
struct ClientLogTests {
    private func entries(_ count: Int, from first: Int = 0) -> [JSON] {
        (first..<(first + count)).map {
            ["component": "c", "text": .string("line \($0)"), "time": "2025-01-01T12:00:00.000Z", "level": "INFO"]
        }
    }

    private func messages(_ harness: SessionHarness) throws -> [String] {
        let body = try #require(try harness.pending("SendClientLogs").body)
        return try JSON(parsing: body)["logEvents"]?.array?.compactMap { $0["message"]?.string } ?? []
    }

    @Test("up to 400 entries are only collected; more are uploaded at once in the service's format")
    func threshold() throws {
        let harness = try SessionHarness.running()
        #expect(harness.handle(.logs(entries(400))) == [])
        harness.handle(.logs(entries(1, from: 400)))
        #expect(try messages(harness) == (0...400).map { "line \($0)" })
        let body = try JSON(parsing: try #require(try harness.pending("SendClientLogs").body))
        #expect(
            body["logEvents"]?.array?.first
                == ["timestamp": 1_735_732_800, "component": "c", "message": "line 0"])
        #expect(body["authentication"] == ["authToken": "t1"])
        #expect(try harness.answer("SendClientLogs") == [try Fixture.metric("sendClientLogs")])
        #expect(harness.handle(.logs(entries(400))) == [])
    }

    @Test("a failed upload → the newest 4,000 entries are kept for the next upload", arguments: [400, 403])
    func kept(status: Int) throws {
        let harness = try SessionHarness.running()
        harness.handle(.logs(entries(401)))
        let actions = try harness.answer("SendClientLogs", #"{"__type":"X","message":"x"}"#, status: status)
        #expect(actions.count == 1)
        harness.handle(.logs(entries(1, from: 401)))
        #expect(try messages(harness) == (0...401).map { "line \($0)" })
        try harness.answer("SendClientLogs", "{}", status: 400)
        harness.handle(.logs(entries(5000, from: 402)))
        #expect(try messages(harness) == (1402...5401).map { "line \($0)" })
    }

    @Test("a timestamp of 100,000 digits is left out")
    func longInstants() throws {
        let harness = try SessionHarness.running()
        let zeros = String(repeating: "0", count: 100_000)
        let long: [JSON] = try [
            ["text": "a", "time": JSON(parsing: "1." + zeros)],
            ["text": "b", "time": .string("2025-01-01T12:00:00.\(zeros)Z")],
        ]
        harness.handle(.logs(long + entries(399)))
        let body = try JSON(parsing: try #require(try harness.pending("SendClientLogs").body))
        let events = try #require(body["logEvents"]?.array)
        #expect(events.count == 401 && events[..<2].allSatisfy { $0["timestamp"] == nil })
        #expect(body.text.utf8.count < 100_000)
    }

    @Test("a 401 → auth_fail without data; the entries are kept")
    func unauthorized() throws {
        let harness = try SessionHarness.running()
        harness.handle(.logs(entries(401)))
        try harness.answer("SendClientLogs", "{}", status: 401)
        #expect(harness.published.last == .init(event: "auth_fail", data: nil))
        harness.handle(.logs(entries(1)))
        #expect(try messages(harness).count == 402)
    }

    @Test("members of the wrong type are left out of the upload")
    func badEntries() throws {
        let harness = try SessionHarness.running()
        harness.handle(.logs(entries(400) + [["time": "yesterday", "component": 7, "text": [:]]]))
        let body = try JSON(parsing: try #require(try harness.pending("SendClientLogs").body))
        #expect(body["logEvents"]?.array?.last == [:])
    }

    @Test("long texts are truncated; the newest entries within the byte limit are kept")
    func bytes() throws {
        let harness = SessionHarness()
        harness.handle(.start)
        let long = String(repeating: "x", count: 1 << 20)
        for number in 0..<600 { harness.handle(.logs([["text": .string("\(number)" + long)]])) }
        harness.handle(.configure(Fixture.configure()))
        harness.handle(.terminate)
        let sent = try messages(harness)
        // Each entry also counts `timeBound` bytes, so it is 255 and not 256.
        #expect(sent.count == 255)
        #expect(sent.allSatisfy { $0.utf8.count == 16 << 10 })
        #expect(sent.last?.hasPrefix("599x") == true)
    }

    @Test("entries are collected without a session and during an upload")
    func waiting() throws {
        let harness = SessionHarness()
        harness.handle(.start)
        #expect(harness.handle(.logs(entries(500))) == [])
        let running = try SessionHarness.running()
        running.handle(.logs(entries(401)))
        #expect(running.handle(.logs(entries(401))) == [])
        try running.answer("SendClientLogs")
        running.handle(.logs(entries(1)))
        #expect(try messages(running).count == 402)
    }
}

@Suite("terminate")
struct TerminationTests {
    private let ticket = RequestTicket.request(PortID(number: 1), requestId: RawJSON("r"))

    private func nullClient(_ method: String) throws -> [SessionAction] {
        [try Fixture.metric(method, error: "{}"), .answer(ticket, .failure(.terminated(method: method)))]
    }

    @Test("before configure → only terminated is published")
    func early() {
        let harness = SessionHarness()
        harness.handle(.start)
        #expect(harness.handle(.terminate) == [.publish("terminated", RawJSON?.none)])
        #expect(harness.status.state == .waiting)
    }

    @Test("uploads the logs, publishes terminated, ends polling and the websocket, drops the agent")
    func ends() throws {
        let harness = try SessionHarness.connected()
        harness.handle(.logs([["text": "a"]]))
        let actions = harness.handle(.terminate)
        #expect(harness.events == ["terminated"])
        #expect(actions.contains(.forgetAgent))
        #expect(actions.contains(.closeWebSocket(WebSocketID(number: 1), code: 1000)))
        #expect(harness.calls.map(\.call.purpose) == ["SendClientLogs"])
        #expect(harness.status.state == .terminated)
        try harness.answer("SendClientLogs")
        harness.advance(600_000)
        #expect(harness.calls.isEmpty)
        #expect(harness.events == ["terminated"])
        #expect(!actions.contains(.end))
    }

    @Test("a poll that was due → one api_metric with an empty error, as in the real worker")
    func duePoll() throws {
        let harness = try SessionHarness.configured()
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.handle(.terminate)
        harness.forget()
        harness.advance(100)
        #expect(harness.recorded == [try Fixture.metric("getAgentSnapshot", error: "{}")])
        harness.advance(100_000)
        #expect(harness.recorded.count == 1)
    }

    @Test("afterwards requests fail on the NULL client; only another token starts the session again")
    func afterwards() throws {
        let harness = try SessionHarness.running()
        harness.handle(.terminate)
        #expect(harness.handle(.call(ticket, method: "getEndpoints", params: [:])) == (try nullClient("getEndpoints")))
        #expect(harness.handle(.configure(Fixture.configure())) == [])
        #expect(harness.handle(.call(ticket, method: "getEndpoints", params: [:])) == (try nullClient("getEndpoints")))
        harness.handle(.configure(Fixture.configure("t2")))
        harness.handle(.call(ticket, method: "getEndpoints", params: ["queueARNs": []]))
        #expect(harness.count(of: "GetEndpoints") == 1)
        #expect(harness.count(of: "GetAgentSnapshot") == 0)
        harness.advance(5_000)
        #expect(harness.count(of: "GetAgentSnapshot") == 1)
        #expect(harness.count(of: "GetAgentConfiguration") == 1)
        #expect(harness.count(of: "CreateTransport") == 1)
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.status.state == .running)
    }

    @Test("a second terminate → only terminated again; with endsWhenTerminated the daemon ends")
    func twice() throws {
        let harness = try SessionHarness.running()
        harness.handle(.terminate)
        #expect(harness.handle(.terminate) == [.publish("terminated", RawJSON?.none)])
        var settings = SessionSettings(source: .configure)
        settings.endsWhenTerminated = true
        var session = Session(settings: settings, seed: 1)
        _ = session.handle(.configure(Fixture.configure()), at: harness.now)
        #expect(session.handle(.terminate, at: harness.now).contains(.end))
    }
}
