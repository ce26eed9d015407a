// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Start of polling")
struct PollingBeginTests {
    private func configured() -> SessionHarness {
        let harness = SessionHarness(waitsToPoll: true)
        harness.handle(.start)
        harness.handle(.configure(Fixture.configure()))
        return harness
    }

    private func isPolling(_ harness: SessionHarness) -> Bool {
        harness.count(of: "GetAgentSnapshot") == 1 && harness.count(of: "GetAgentConfiguration") == 1
    }

    @Test("createTransport ended, with any status → polling starts", arguments: [200, 400, 401, 403])
    func answered(status: Int) throws {
        let harness = configured()
        #expect(harness.calls.map(\.call.purpose) == ["CreateTransport"])
        try harness.answer("CreateTransport", Fixture.transport(), status: status)
        #expect(isPolling(harness))
        #expect(harness.wait(for: .polling) == nil)
        harness.advance(10_000)
        #expect(harness.sends(of: "GetAgentSnapshot") == 1)
    }

    @Test("createTransport takes longer than a second → polling starts without it")
    func late() throws {
        let harness = configured()
        harness.advance(999)
        #expect(harness.count(of: "GetAgentSnapshot") == 0)
        harness.advance(1)
        #expect(isPolling(harness))
        try harness.answer("CreateTransport", Fixture.transport())
        #expect(harness.sends(of: "GetAgentSnapshot") == 1)
    }
}
