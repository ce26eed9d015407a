// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Secrets in the service's errors")
struct KnownSecretTests {
    private static let token = "AbC/123+token=="

    private func running() throws -> SessionHarness {
        let harness = SessionHarness()
        harness.handle(.start)
        harness.handle(.configure(Fixture.configure(Self.token)))
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.forget()
        return harness
    }

    @Test(
        "an error that quotes the token → the token is removed everywhere",
        arguments: ["AbC/123+token==", #"AbC\/123+token=="#])
    func error(quoted: String) throws {
        let harness = try running()
        let ticket = RequestTicket.request(PortID(number: 1), requestId: nil)
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c"]))
        try harness.answer("AcceptContact", #"{"__type":"X","message":"bad bearer \#(quoted)!"}"#, status: 400)
        let results = harness.recorded.filter {
            switch $0 {
            case .answer, .publish: true
            default: false
            }
        }
        #expect(results.count == 2)
        for result in results { #expect(!"\(result)".contains("123+token")) }
        #expect("\(results)".contains("bad bearer [removed]!"))
    }

    @Test("a failed poll that quotes the token → not in the status")
    func status() throws {
        let harness = try running()
        harness.advance(100)
        try harness.answer("GetAgentSnapshot", #"{"__type":"X","message":"\#(Self.token)"}"#, status: 400)
        #expect(harness.status.link.lastError == "getAgentSnapshot: X: [removed]")
    }

    @Test("the reason of a closed websocket → without the token")
    func webSocket() throws {
        let harness = try running()
        try harness.answer("CreateTransport", Fixture.transport())
        harness.handle(.webSocket(WebSocketID(number: 1), .opened))
        harness.forget()
        harness.handle(.webSocket(WebSocketID(number: 1), .closed(code: 1008, reason: "bad \(Self.token)")))
        #expect(
            harness.recorded.contains(.log(.info, "the websocket was lost", ["code": "1008", "why": "bad [removed]"])))
        #expect(!"\(harness.recorded)".contains("123+token"))
    }

    @Test("the text of an error above 64 KiB is dropped")
    func long() {
        let body = Array((#"{"message":""# + String(repeating: "x", count: 65_536) + #""}"#).utf8)
        let outcome = HTTPOutcome.response(status: 500, reason: "Oops", body: body)
        #expect(KnownSecrets([]).removed(from: outcome) == .response(status: 500, reason: "Oops", body: []))
        let success = HTTPOutcome.response(status: 200, reason: "", body: body)
        #expect(KnownSecrets([]).removed(from: success) == success)
    }

    @Test("a short secret is not removed: it could be part of a word")
    func short() {
        #expect(KnownSecrets([Secret("state")]).removed(from: "the state") == "the state")
        #expect(KnownSecrets([nil]).removed(from: "x") == "x")
    }
}
