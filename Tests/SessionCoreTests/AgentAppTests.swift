// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Calls of the agent-app service")
struct AgentAppTests {
    private let ticket = RequestTicket.request(PortID(number: 1), requestId: RawJSON("r"))
    private let method = "AgentAppService.VoiceId.describeSpeaker"

    private func asked(_ params: JSON = ["a": 1]) throws -> SessionHarness {
        let harness = try SessionHarness.configured()
        harness.handle(.call(ticket, method: method, params: params))
        return harness
    }

    @Test("the request carries the token under the cookie's name")
    func request() throws {
        for (params, body) in [(["a": [1, .null]], #"{"a":[1,null]}"#), (.null, "{}")] as [(JSON, String)] {
            let call = HTTPCall(
                purpose: method, method: .post, url: Fixture.agentAppEndpoint,
                headers: [
                    ("Content-Type", "application/json"), ("X-Amz-target", method),
                    ("X-Amz-Bearer", #"{"lily-auth":"t1"}"#),
                ], body: Array(body.utf8), timeout: 15_000)
            #expect(try asked(params).pending(method) == call)
        }
    }

    @Test(
        "a response is passed on unchanged; an empty one is {}",
        arguments: [(#"{"x":null,"t":1}"#, #"{"x":null,"t":1}"#), ("", "{}")])
    func success(sent: String, expected: String) throws {
        let harness = try asked()
        harness.advance(9)
        let answer = CallOutcome.success(try JSON(parsing: expected))
        #expect(
            try harness.answer(method, sent) == [try Fixture.metric(method, time: 9), .answer(ticket, answer)])
    }

    @Test(
        "an error response → the service's own error object with status added, no data",
        arguments: [
            (
                #"{"__type":"x","message":"wrong"}"#, #"{"__type":"x","message":"wrong","status":400}"#,
                Fixture.fault("x", "wrong", 400)
            ),
            (
                ##"{"type":"a#y","code":"x","Message":"w"}"##,
                ##"{"type":"a#y","code":"x","Message":"w","status":409}"##,
                Fixture.fault("y", "w", 409)
            ),
            ("<html>", #"{"message":"Reason","status":502}"#, Fixture.fault("UnknownError", "Reason", 502)),
            ("{}", #"{"status":401}"#, Fixture.fault("UnknownError", nil, 401)),
        ])
    func failure(body: String, error: String, fault: ServiceError) throws {
        let harness = try asked()
        #expect(
            try harness.answer(method, body, status: try #require(fault.status)) == [
                try Fixture.metric(method, error: error),
                .answer(ticket, .failure(.plain(fault, json: try JSON(parsing: error)))),
            ])
    }

    @Test("a network failure is not retried")
    func network() throws {
        let error = #"{"type":"NetworkingError","message":"Network Failure","stack":[],"retryStatus":"none"}"#
        #expect(
            try asked().fail(method) == [
                try Fixture.metric(method, error: error),
                .answer(ticket, .failure(.plain(.networking, json: try JSON(parsing: error)))),
            ])
    }
}
