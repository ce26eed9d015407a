import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Secrets are not printed")
struct SecretTests {
    private func everyWay<Subject>(_ subject: Subject) -> String {
        var texts = [String(describing: subject), String(reflecting: subject), "\(subject)"]
        var printed = ""
        print(subject, terminator: "", to: &printed)
        var dumped = ""
        dump(subject, to: &dumped)
        texts += [printed, dumped]
        return texts.joined(separator: "\n")
    }

    @Test("a secret prints as <redacted> in every way that Swift prints things")
    func secret() {
        let secret = Secret("hunter2")
        #expect(String(describing: secret) == "<redacted>")
        #expect(String(reflecting: secret) == "<redacted>")
        #expect(!everyWay(secret).contains("hunter2"))
        #expect(!everyWay([secret]).contains("hunter2"))
        #expect(!everyWay(["key": Optional(secret)]).contains("hunter2"))
        #expect(secret.reveal() == "hunter2")
        #expect(secret == Secret("hunter2"))
        #expect(secret != Secret("hunter3"))
    }

    @Test("a call prints method and purpose, not its URL, headers and body")
    func call() throws {
        let call = HTTPCall(
            purpose: "PutAgentState", method: .post, url: "https://host/?sig=hunter2",
            headers: [("X-Amz-Bearer", "hunter2")], body: Array("hunter2".utf8), timeout: 1)
        #expect("\(call)" == "POST PutAgentState")
        let texts = everyWay(call) + everyWay(SessionAction.send(CallID(number: 1), call)) + everyWay([call])
        #expect(!texts.contains("hunter2"))
        #expect(!texts.contains(Array("hunter2".utf8).map(String.init).joined(separator: ", ")))
    }

    @Test("nothing that a session wants or says of itself shows its token or its websocket's URL")
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
        #expect(!everyWay(harness.recorded).contains("hunter2"))
        #expect(!everyWay(harness.status).contains("hunter2"))
        #expect(!everyWay(harness.calls.map(\.call)).contains("hunter2"))
    }
}
