import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Where a session says it stands")
struct StatusTests {
    @Test("before anything")
    func waiting() {
        let harness = SessionHarness()
        harness.handle(.start)
        #expect(
            harness.status
                == SessionStatus(
                    state: .waiting, link: SessionStatus.Link(state: .idle, since: SessionHarness.epoch), auth: .none,
                    tokenExpiry: nil, authError: nil,
                    webSocket: WebSocketStatus(state: .idle, since: SessionHarness.epoch, topics: []), endpoint: nil,
                    snapshotAsOf: nil,
                    skew: nil, callsInFlight: 0))
        #expect(harness.sourceName == "configure")
    }

    @Test("configured, then running, then connected")
    func running() throws {
        let harness = try SessionHarness.configured()
        #expect(harness.status.state == .starting)
        #expect(harness.status.auth == .ok)
        #expect(harness.status.callsInFlight == 3)
        #expect(harness.status.tokenExpiry == 1_735_761_600_000)
        #expect(harness.status.webSocket.state == .connecting)
        try harness.completeRound()
        harness.advance(5)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        let status = harness.status
        #expect(status.state == .running)
        #expect(status.link == SessionStatus.Link(state: .up, since: SessionHarness.epoch))
        #expect(status.snapshotAsOf == SessionHarness.epoch + 5)
        #expect(status.skew == 245)
        #expect(status.endpoint == Fixture.endpoint)
        #expect(status.callsInFlight == 1)
        try harness.answer("CreateTransport", Fixture.transport())
        harness.advance(5)
        harness.handle(.webSocket(WebSocketID(number: 1), .opened))
        harness.handle(.subscribe(["aws/chat", "aws/task", "aws/chat", ""]))
        let open = WebSocketStatus(state: .open, since: SessionHarness.epoch + 10, topics: ["aws/chat", "aws/task"])
        #expect(harness.status.webSocket == open)
    }

    @Test("the names that clients see")
    func names() {
        #expect(SessionStatus.State.signedOut.rawValue == "signed_out")
        #expect([WebSocketStatus.State.idle, .connecting, .open].map(\.rawValue) == ["idle", "connecting", "open"])
    }
}
