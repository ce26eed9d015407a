// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Secrets")
struct SecretTests {
    private func allPrintouts<Subject>(_ subject: Subject) -> String {
        var texts = [String(describing: subject), String(reflecting: subject), "\(subject)"]
        var printed = ""
        print(subject, terminator: "", to: &printed)
        var dumped = ""
        dump(subject, to: &dumped)
        texts += [printed, dumped]
        return texts.joined(separator: "\n")
    }

    @Test("a secret prints as <redacted> with print, dump, interpolation and reflection")
    func secret() {
        let secret = Secret("hunter2")
        #expect(String(describing: secret) == "<redacted>")
        #expect(String(reflecting: secret) == "<redacted>")
        #expect(!allPrintouts(secret).contains("hunter2"))
        #expect(!allPrintouts([secret]).contains("hunter2"))
        #expect(!allPrintouts(["key": Optional(secret)]).contains("hunter2"))
        #expect(secret.reveal() == "hunter2")
        #expect(secret == Secret("hunter2"))
        #expect(secret != Secret("hunter3"))
    }

    @Test("a call prints its method and purpose, but not its URL, headers and body")
    func call() throws {
        let call = HTTPCall(
            purpose: "PutAgentState", method: .post, url: "https://host/?sig=hunter2",
            headers: [("X-Amz-Bearer", "hunter2")], body: Array("hunter2".utf8), timeout: 1)
        #expect("\(call)" == "POST PutAgentState")
        let texts =
            allPrintouts(call) + allPrintouts(SessionAction.send(CallID(number: 1), call)) + allPrintouts([call])
        #expect(!texts.contains("hunter2"))
        #expect(!texts.contains(Array("hunter2".utf8).map(String.init).joined(separator: ", ")))
    }

    @Test("actions, status and calls of a session do not print its token or its websocket's URL")
    func session() throws {
        let harness = SessionHarness()
        harness.handle(.configure(Fixture.configure("hunter2")))
        try harness.answer("CreateTransport", Fixture.transport("wss://ws.example/?sig=hunter2"))
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.advance(100)
        let ticket = RequestTicket.request(PortID(number: 1), requestId: nil)
        harness.handle(.call(ticket, method: "AgentAppService.Lcms.getContact", params: [:]))
        harness.handle(.webSocket(WebSocketID(number: 1), .closed(code: 1006, reason: "")))
        #expect(harness.recorded.count > 20)
        #expect(!allPrintouts(harness.recorded).contains("hunter2"))
        #expect(!allPrintouts(harness.status).contains("hunter2"))
        #expect(!allPrintouts(harness.calls.map(\.call)).contains("hunter2"))
    }
}
