// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Session status")
struct StatusTests {
    @Test("before configure")
    func waiting() {
        let harness = SessionHarness()
        harness.handle(.start)
        #expect(
            harness.status
                == SessionStatus(
                    source: .configure, loginURL: nil, absence: .noToken, suppressesContacts: false,
                    link: SessionStatus.Link(state: .idle, since: SessionHarness.epoch, isStale: true),
                    auth: DaemonStatus.Auth(state: .none, since: SessionHarness.epoch),
                    webSocket: DaemonStatus.WebSocket(state: .idle, since: SessionHarness.epoch, topics: []),
                    endpoint: nil,
                    snapshotAsOf: nil, configurationAsOf: nil, skew: nil, callsInFlight: 0, syncsInFlight: 0))
        #expect(harness.status.state == .waiting)
    }

    @Test("configured → starting, with an agent → running, with a websocket → open")
    func running() throws {
        let harness = try SessionHarness.configured()
        #expect(harness.status.state == .starting)
        #expect(harness.status.auth.state == .signedIn)
        #expect(harness.status.callsInFlight == 3)
        #expect(harness.status.auth.expiresAt == 1_735_761_600_000)
        #expect(harness.status.webSocket.state == .connecting)
        try harness.completeRound()
        harness.advance(5)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        let status = harness.status
        #expect(status.state == .running)
        #expect(status.link == SessionStatus.Link(state: .up, since: SessionHarness.epoch))
        #expect(status.snapshotAsOf == SessionHarness.epoch + 5)
        #expect(status.configurationAsOf == SessionHarness.epoch)
        #expect(status.skew == 245)
        #expect(status.endpoint == Fixture.endpoint)
        #expect(status.callsInFlight == 1)
        try harness.answer("CreateTransport", Fixture.transport())
        harness.advance(5)
        harness.handle(.webSocket(WebSocketID(number: 1), .opened))
        harness.handle(.subscribe(["aws/chat", "aws/task", "aws/chat", ""]))
        let open = DaemonStatus.WebSocket(
            state: .open, since: SessionHarness.epoch + 10, topics: ["aws/chat", "aws/task"])
        #expect(harness.status.webSocket == open)
    }

    @Test("failed polls → the number of failures and the time of the next attempt")
    func retries() throws {
        let harness = try SessionHarness.running()
        #expect(harness.status.link.failures == 0)
        #expect(harness.status.link.nextRetry == nil)
        for failures in 1...3 {
            try harness.answer("GetAgentSnapshot", status: 400)
            #expect(harness.status.link.failures == failures)
            #expect(harness.status.link.nextRetry == SessionHarness.epoch + harness.uptime + 5_000)
            harness.advance(5_000)
            #expect(harness.status.link.nextRetry == nil)
            #expect(harness.status.link.failures == failures)
        }
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.status.link.failures == 0)
        #expect(harness.status.link.state == .up)
    }

    @Test("nextRetry is scaled")
    func scaledRetry() throws {
        var timers = SessionTimers()
        timers.scale = 0.02
        let harness = try SessionHarness.configured(timers)
        try harness.answer("GetAgentSnapshot", status: 400)
        #expect(harness.status.link.nextRetry == SessionHarness.epoch + 100)
    }

    @Test("suspended polling → no nextRetry")
    func suspended() throws {
        let harness = try SessionHarness.configured()
        for _ in 0..<21 {
            try harness.answer("GetAgentSnapshot", status: 401)
            harness.advance(5_000)
        }
        #expect(harness.status.link.nextRetry == nil)
        #expect(harness.status.link.failures == 21)
    }

    @Test("configurationAsOf is the end of the last complete round")
    func configurationAge() throws {
        let harness = try SessionHarness.running()
        try harness.idle(30_000)
        let asOf = harness.status.configurationAsOf
        #expect(asOf == SessionHarness.epoch + 30_000)
        try harness.advance(to: .configuration)
        try harness.answer("GetAgentConfiguration", status: 400)
        #expect(harness.status.configurationAsOf == asOf)
        harness.handle(.terminate)
        #expect(harness.status.configurationAsOf == nil)
    }

    @Test("absence, from the first token to terminate")
    func absence() throws {
        let waiting = SessionHarness()
        waiting.handle(.start)
        #expect(waiting.status.absence == .noToken)
        let harness = try SessionHarness.configured()
        #expect(harness.status.absence == .starting)
        try harness.answer("GetAgentSnapshot", status: 400)
        let error = try #require(harness.status.link.lastError)
        #expect(harness.status.absence == .unreachable(error))
        #expect(try SessionHarness.running().status.absence == nil)
        harness.handle(.terminate)
        #expect(harness.status.absence == .terminated(.configure))
    }
}
