// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Silence and staleness of the link")
struct LinkTests {
    private static let epoch = SessionHarness.epoch
    private let heartbeat = #"{"topic":"aws/heartbeat"}"#

    /// A session with an open websocket, whose long poll has just been sent. The next heartbeat is due in 9,900 ms.
    private func linked() throws -> SessionHarness {
        let harness = try SessionHarness.connected()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.advance(100)
        harness.forget()
        return harness
    }

    /// A session without an open websocket, whose long poll has just been sent.
    private func withoutSocket() throws -> SessionHarness {
        let harness = try SessionHarness.running()
        try harness.answer("CreateTransport", Fixture.transport())
        harness.forget()
        return harness
    }

    private func note(
        _ state: DaemonStatus.Link.State, at uptime: Int64, _ silence: SessionStatus.Link.Silence? = nil,
        asOf: Int64?, isStale: Bool = false
    ) -> DaemonStatus.LinkNote {
        DaemonStatus.LinkNote(
            state: state, since: Self.epoch + uptime, lastError: silence.map { "\($0.type): \($0.message)" },
            lastErrorType: silence?.type, asOf: asOf.map { Self.epoch + $0 }, isStale: isStale)
    }

    // MARK: The heartbeat

    @Test("a silent loss → degraded within 20 s, then stale after 30 s more; a snapshot → up")
    func heartbeatOverdue() throws {
        let harness = try linked()
        let (start, before) = (harness.uptime, harness.links.count)
        harness.echoes = false
        harness.advance(13_899)
        #expect(harness.links.count == before && harness.status.link.state == .up)
        harness.advance(1)
        let degraded = note(.degraded, at: start + 13_900, .heartbeat, asOf: start - 100)
        #expect(harness.links.dropFirst(before) == [degraded])
        #expect(harness.status.link.lastError == "webSocket: NoAnswer: the answer to a heartbeat is overdue")
        #expect(!harness.status.link.isStale)
        harness.advance(29_999)
        #expect(harness.links.count == before + 1)
        harness.advance(1)
        let stale = note(.degraded, at: start + 13_900, .heartbeat, asOf: start - 100, isStale: true)
        #expect(harness.links.last == stale && harness.links.count == before + 2 && harness.status.link.isStale)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.links.last == note(.up, at: harness.uptime, asOf: harness.uptime))
        #expect(!harness.status.link.isStale)
    }

    @Test("a late echo → up")
    func lateEcho() throws {
        let harness = try linked()
        let start = harness.uptime
        harness.echoes = false
        harness.advance(15_000)
        #expect(harness.status.link.silence == .heartbeat)
        harness.receive(1, heartbeat)
        #expect(harness.links.last == note(.up, at: start + 15_000, asOf: start - 100))
    }

    @Test("an echo in time, or any other frame → not degraded", arguments: [true, false])
    func inTime(isEcho: Bool) throws {
        let harness = try linked()
        let before = harness.links.count
        harness.echoes = false
        harness.advance(13_000)
        harness.receive(1, isEcho ? heartbeat : #"{"topic":"aws/chat"}"#)
        harness.advance(5_000)
        #expect(harness.links.count == before)
    }

    @Test("a call succeeds while only the websocket is silent → up, and it stays up")
    func answered() throws {
        let harness = try linked()
        harness.echoes = false
        harness.advance(14_000)
        let before = harness.links.count
        #expect(harness.links.last?.state == .degraded)
        harness.handle(.call(.call(1), method: "getAgentStates", params: [:]))
        #expect(harness.links.count == before)
        try harness.answer("GetAgentStates", Fixture.lists["GetAgentStates"] ?? "")
        #expect(harness.links.last?.state == .up)
        // Later the websocket counts as lost, and a createTransport that nobody answers is a new silence.
        harness.advance(5_000)
        #expect(harness.links.count == before + 1)
    }

    @Test("a failed call is no sign of life, and neither is a websocket that is given up")
    func noSign() throws {
        let harness = try linked()
        harness.echoes = false
        harness.advance(20_000)
        let before = harness.links.count
        harness.handle(.call(.call(1), method: "getAgentStates", params: [:]))
        try harness.fail("GetAgentStates")
        try harness.endForGood("CreateTransport", .failure("x"))
        #expect(harness.status.webSocket.state == .connecting)
        #expect(harness.links.count == before && harness.status.link.state == .degraded)
    }

    @Test("the times are scaled")
    func scaled() throws {
        var timers = SessionTimers()
        timers.scale = 0.02
        let harness = try SessionHarness.configured(timers)
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        try harness.answer("CreateTransport", Fixture.transport())
        harness.handle(.webSocket(WebSocketID(number: 1), .opened))
        harness.echoes = false
        harness.advance(279)
        #expect(harness.status.link.state == .up)
        harness.advance(1)
        #expect(harness.status.link.state == .degraded)
        harness.advance(599)
        #expect(!harness.status.link.isStale)
        harness.advance(1)
        #expect(harness.links.last?.isStale == true)
    }

    // MARK: The long poll

    @Test("the poll's answer is overdue → degraded; a heartbeat does not help, the answer does")
    func pollOverdue() throws {
        let harness = try linked()
        let (start, before) = (harness.uptime, harness.links.count)
        harness.advance(33_999)
        #expect(harness.links.count == before)
        harness.advance(1)
        #expect(
            harness.links.dropFirst(before) == [note(.degraded, at: start + 34_000, .poll, asOf: start - 100)])
        harness.advance(15_000)
        #expect(harness.links.count == before + 1)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.links.last == note(.up, at: start + 49_000, asOf: start + 49_000))
    }

    @Test("another call succeeds meanwhile → up, until the poll's attempt fails")
    func pollExcused() throws {
        let harness = try linked()
        harness.advance(34_000)
        #expect(harness.status.link.silence == .poll)
        harness.handle(.call(.call(1), method: "getEndpoints", params: ["queueARNs": []]))
        try harness.answer("GetEndpoints")
        #expect(harness.status.link.state == .up)
        harness.advance(10_000)
        #expect(harness.status.link.state == .up)
        try harness.fail("GetAgentSnapshot")
        #expect(harness.status.link.state == .degraded && harness.status.link.silence == nil)
    }

    @Test("the overdue poll fails → that is the reason now, and only an answer of the service helps")
    func pollFails() throws {
        let harness = try linked()
        harness.advance(34_000)
        let since = harness.links.last?.since
        try harness.fail("GetAgentSnapshot")
        #expect(harness.links.last?.lastError == "getAgentSnapshot: NetworkingError: Network Failure")
        #expect(harness.links.last?.lastErrorType == "getAgentSnapshot: NetworkingError")
        #expect(harness.links.last?.since == since)
        harness.receive(1, heartbeat)
        #expect(harness.status.link.state == .degraded)
        let retry = harness.timers.keys.first { if case .callRetry = $0 { true } else { false } }
        try harness.advance(to: try #require(retry))
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.links.last?.state == .up && harness.links.last?.lastError == nil)
    }

    @Test("down → stale at once, told again only if the reason changes")
    func down() throws {
        let harness = try linked()
        try harness.answer("GetAgentSnapshot", #"{"__type":"A"}"#, status: 400)
        let down = try #require(harness.links.last)
        #expect(down.state == .down && down.isStale && down.lastErrorType == "getAgentSnapshot: A")
        let before = harness.links.count
        harness.advance(5_000)
        try harness.answer("GetAgentSnapshot", #"{"__type":"A"}"#, status: 400)
        #expect(harness.links.count == before)
        harness.advance(5_000)
        try harness.answer("GetAgentSnapshot", #"{"__type":"B"}"#, status: 400)
        #expect(harness.links.last?.lastErrorType == "getAgentSnapshot: B" && harness.links.last?.since == down.since)
    }

    // MARK: The probe

    @Test("no websocket → a small call after 10 s of silence, which nobody notices; its silence counts")
    func probe() throws {
        let harness = try withoutSocket()
        let (start, before) = (harness.uptime, harness.links.count)
        harness.advance(9_999)
        #expect(harness.sends(of: "GetAgentStates") == 0)
        harness.advance(1)
        #expect(
            try harness.pending("GetAgentStates")
                == Fixture.call("GetAgentStates", #"{"maxResults":1,"authentication":{"authToken":"t1"}}"#))
        harness.advance(500)
        try harness.answer("GetAgentStates", #"{"states":[]}"#)
        #expect(harness.published.isEmpty && harness.agents.isEmpty && harness.links.count == before)
        harness.advance(9_999)
        #expect(harness.sends(of: "GetAgentStates") == 1)
        // Lost right after the last answer.
        harness.advance(4_001)
        #expect(
            harness.links.dropFirst(before) == [note(.degraded, at: start + 24_500, .probe, asOf: start - 100)])
        try harness.answer("GetAgentStates", #"{"states":[]}"#)
        #expect(harness.links.last?.state == .up)
    }

    @Test("a probe without any answer → degraded at once; refused → nothing, not even a new token")
    func probeEnds() throws {
        let failed = try withoutSocket()
        failed.advance(10_000)
        try failed.fail("GetAgentStates")
        #expect(failed.links.last?.state == .degraded && failed.links.last?.lastErrorType == "getAgentStates: NoAnswer")

        let refused = SessionHarness(source: .authorize(Fixture.instance))
        refused.handle(.start)
        try refused.answer("authorize", #"{"accessToken":"t1","expiration":"2025-01-01T20:00:00.000Z"}"#)
        try refused.completeRound()
        try refused.answer("GetAgentSnapshot", Fixture.snapshot)
        try refused.answer("CreateTransport", Fixture.transport())
        refused.advance(10_100)
        try refused.answer("GetAgentStates", status: 401)
        #expect(refused.count(of: "authorize") == 0 && refused.status.auth.state == .signedIn)
        #expect(refused.status.link.state == .up)
        #expect(!refused.published.contains { $0.data?["name"] == "getAgentStates" && $0.data?["error"] != nil })
    }

    @Test("no answer to createTransport, and none since → degraded; a snapshot meanwhile → not")
    func transportOverdue() throws {
        let silent = try SessionHarness.running()
        silent.advance(3_899)
        #expect(silent.status.link.state == .up)
        silent.advance(1)
        #expect(silent.links.last?.lastErrorType == "createTransport: NoAnswer")

        let answered = try SessionHarness.running()
        try answered.answer("GetAgentSnapshot", Fixture.snapshot)
        answered.advance(20_000)
        #expect(answered.status.link.state == .up)
    }

    @Test("the clock of the probe starts when there is no websocket and no createTransport any more")
    func lost() throws {
        let harness = try SessionHarness.connected()
        harness.echoes = false
        harness.advance(20_000)
        harness.forget()
        try harness.endForGood("CreateTransport", .failure("x"))
        for _ in 1...2 {
            // 2 s and 4 s later.
            try harness.advance(to: .webSocket(.transport))
            try harness.answer("CreateTransport", status: 400)
        }
        harness.advance(7_999)
        #expect(harness.sends(of: "GetAgentStates") == 0)
    }

    @Test("no probe while a websocket is open, while createTransport is under way, or when answers come")
    func noProbe() throws {
        let open = try linked()
        open.advance(29_000)
        #expect(open.sends(of: "GetAgentStates") == 0)
        let requesting = try SessionHarness.running()
        requesting.advance(29_000)
        #expect(requesting.sends(of: "GetAgentStates") == 0)
        let busy = try withoutSocket()
        for _ in 1...3 {
            busy.advance(9_000)
            busy.handle(.call(.call(1), method: "getEndpoints", params: ["queueARNs": []]))
            try busy.answer("GetEndpoints")
        }
        #expect(busy.sends(of: "GetAgentStates") == 0)
    }

    // MARK: Telling

    @Test("idle at the start, up with the first snapshot; further snapshots alone are not told")
    func quiet() throws {
        let harness = try SessionHarness.configured()
        #expect(harness.links == [note(.idle, at: 0, asOf: nil, isStale: true)])
        try harness.completeRound()
        harness.advance(5)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        // The configuration came first.
        #expect(harness.links.last == note(.up, at: 0, asOf: 5) && harness.links.count == 3)
        for _ in 1...10 {
            harness.advance(100)
            try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        }
        #expect(harness.links.count == 3)
    }

    @Test("terminate and a logout → idle, without a snapshot: what clients know is stale", arguments: [true, false])
    func ended(isLogout: Bool) throws {
        let harness = try linked()
        harness.echoes = false
        harness.advance(14_000)
        let ticket = ReplyTicket(port: PortID(number: 1), requestId: RawJSON(1))
        harness.handle(isLogout ? .logout(ticket, .now) : .terminate)
        #expect(harness.links.last == note(.idle, at: harness.uptime, asOf: nil, isStale: true))
        #expect(harness.wait(for: .link) == nil)
        let before = harness.links.count
        harness.advance(120_000)
        #expect(harness.links.count == before)
    }

    @Test("stop → nothing more is told")
    func stop() throws {
        let harness = try linked()
        harness.echoes = false
        let before = harness.links.count
        harness.handle(.stop)
        harness.advance(120_000)
        #expect(harness.links.count == before)
    }
}
