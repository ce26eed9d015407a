// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

/// A `call` acts at most once: it is not retried if the service may have acted. An `api_request` is retried as in Streams.
@Suite("Calls act at most once")
struct AtMostOnceTests {
    private static let request = RequestTicket.request(PortID(number: 1), requestId: RawJSON("r"))
    private static let once = RequestTicket.call(1)

    /// The outcome of every attempt, and the number of attempts for an api_request and for a call.
    struct Row: Sendable {
        let outcome: HTTPOutcome
        let requests: Int
        let calls: Int
    }

    private static func row(_ status: Int, _ requests: Int, _ calls: Int, type: String? = nil) -> Row {
        let body = type.map { #"{"__type":"a#\#($0)","message":"m"}"# } ?? "{}"
        let outcome = HTTPOutcome.response(status: status, reason: "Reason", body: Array(body.utf8))
        return Row(outcome: outcome, requests: requests, calls: calls)
    }

    private static let rows =
        [
            // The service may have acted.
            Row(outcome: .failure("reset"), requests: 4, calls: 1), row(500, 4, 1), row(502, 4, 1), row(503, 4, 1),
            row(504, 4, 1), row(599, 4, 1), row(503, 4, 1, type: "ThrottlingException"),
            // The service did not act.
            row(429, 4, 4), row(429, 4, 4, type: "ThrottlingException"),
            row(400, 4, 4, type: "TooManyRequestsException"),
            row(400, 4, 4, type: "LimitExceededException"), row(403, 4, 4, type: "RequestThrottled"),
            // The result is final.
            row(200, 1, 1), row(400, 1, 1), row(400, 1, 1, type: "ValidationException"), row(401, 1, 1), row(403, 1, 1),
            row(404, 1, 1), row(409, 1, 1),
        ]

    @Test("number of attempts of an api_request and of a call", arguments: rows)
    func attempts(row: Row) throws {
        for (ticket, expected) in [(Self.request, row.requests), (Self.once, row.calls)] {
            let harness = try SessionHarness.running()
            let params: JSON = ["endpoint": ["type": "phone_number", "phoneNumber": "+41"]]
            harness.handle(.call(ticket, method: "createOutboundContact", params: params))
            let actions = try harness.endForGood("CreateOutboundContact", row.outcome)
            #expect(harness.sends(of: "CreateOutboundContact") == expected)
            guard case .answer(ticket, _)? = actions.last else {
                Issue.record("no answer: \(actions)")
                continue
            }
        }
    }

    @Test("throttled attempts of a call are retried until one may have acted")
    func afterThrottling() throws {
        let harness = try SessionHarness.running()
        harness.handle(.call(Self.once, method: "rejectContact", params: ["contactId": "c"]))
        for status in [429, 429, 500] {
            try harness.answer("RejectContact", status: status)
            if let timer = harness.timers.keys.first(where: { if case .callRetry = $0 { true } else { false } }) {
                try harness.advance(to: timer)
            }
        }
        #expect(harness.sends(of: "RejectContact") == 3)
        let error = Fixture.fault("UnknownError", nil, 500)
        #expect(harness.recorded.last == .answer(Self.once, .failure(.service(error))))
    }

    @Test(
        "calls of other services are never retried",
        arguments: ["AgentAppService.VoiceId.optOutSpeaker", "createTemplatedTask", "updateContact"])
    func plain(method: String) throws {
        for ticket in [Self.request, Self.once] {
            for outcome in [.failure("reset"), .response(status: 503, reason: "", body: [])] as [HTTPOutcome] {
                let harness = try SessionHarness.running()
                harness.handle(.call(ticket, method: method, params: [:]))
                guard case .answer(ticket, let answer)? = try harness.end(method, outcome).last else {
                    Issue.record("no answer")
                    continue
                }
                #expect(answer.isFailure)
                #expect(harness.sends(of: method) == 1)
            }
        }
    }

    @Test(
        "a call that is rejected before it is sent → same answer as an api_request",
        arguments: ["noSuch", "acceptContact"])
    func refused(method: String) throws {
        let harness = try SessionHarness.running()
        let answers = [Self.request, Self.once].map { ticket -> CallOutcome? in
            guard case .answer(ticket, let answer)? = harness.handle(.call(ticket, method: method, params: [:])).last
            else { return nil }
            return answer
        }
        #expect(answers[0]?.isFailure == true)
        #expect(answers[1] == answers[0])
    }
}

extension CallOutcome {
    fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
