// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("api_proxy_request")
struct ApiProxyTests {
    private func running(base: String? = "https://x.example") throws -> (Session, Moment) {
        var settings = SessionSettings(source: .configure)
        settings.apiProxyBase = base
        var session = Session(settings: settings, seed: 1)
        let now = Moment(wall: SessionHarness.epoch, uptime: 0)
        _ = session.handle(.configure(Fixture.configure()), at: now)
        return (session, now)
    }

    @Test(
        "each method is sent to its own path; the response is published",
        arguments: [
            ("qrIntegrationExists", "GET", "/quick-responses/integration", nil),
            ("qrSearchQuickResponses", "POST", "/quick-responses/search", #"{"query":"q"}"#),
            ("startScreenSharing", "POST", "/screen-sharing", #"{"query":"q"}"#),
        ] as [(String, String, String, String?)])
    func paths(method: String, verb: String, path: String, body: String?) throws {
        var (session, now) = try running()
        let request: JSON = ["requestId": "7", "method": .string(method), "params": ["query": "q"]]
        let actions = session.handle(.proxy(request), at: now)
        guard case .send(let id, let call)? = actions.first, actions.count == 1 else {
            Issue.record("no call was sent: \(actions)")
            return
        }
        #expect(call.method.rawValue == verb && call.url == "https://x.example" + path)
        #expect(call.body.map { String(decoding: $0, as: UTF8.self) } == body)
        let answer = session.handle(.http(id, .response(status: 200, reason: "", body: Array("[1]".utf8))), at: now)
        let data: JSON = ["event": "api_proxy_response", "requestId": "7", "data": [1], "err": .null]
        #expect(answer == [try Fixture.metric(method), .publish("api_proxy_response", RawJSON(data))])
    }

    @Test("a failure → err contains the error as text", arguments: [(404, #"{"message":"no","status":404}"#), (0, "")])
    func failure(status: Int, error: String) throws {
        var (session, now) = try running()
        let actions = session.handle(.proxy(["requestId": 1, "method": "qrIntegrationExists"]), at: now)
        guard case .send(let id, _)? = actions.first else {
            Issue.record("no call was sent")
            return
        }
        let outcome: HTTPOutcome =
            status == 0
            ? .failure("x") : .response(status: status, reason: "", body: Array(#"{"message":"no"}"#.utf8))
        let error = status == 0 ? ServiceError.networking.json.text : error
        let data: JSON = ["event": "api_proxy_response", "requestId": 1, "data": .null, "err": .string(error)]
        #expect(session.handle(.http(id, outcome), at: now).last == .publish("api_proxy_response", RawJSON(data)))
    }

    @Test("without a backend, or for another method → nothing is sent")
    func pages() throws {
        var (session, now) = try running(base: nil)
        #expect(session.handle(.proxy(["requestId": 1, "method": "qrIntegrationExists"]), at: now) == [])
        var (other, _) = try running()
        #expect(other.handle(.proxy(["requestId": 1, "method": "elsewhere"]), at: now) == [])
    }
}
