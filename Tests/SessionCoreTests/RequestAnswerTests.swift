// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Answers to requests")
struct RequestAnswerTests {
    private static let ticket = RequestTicket.request(PortID(number: 7), requestId: RawJSON("r1"))

    /// A response to acceptContact and the `data` and `err` that the client receives.
    struct Row: Sendable {
        let outcome: HTTPOutcome
        let data: JSON?
        let error: String?
        let status: Int

        init(_ status: Int, _ body: String, _ data: JSON?, _ error: String?) {
            outcome = .response(status: status, reason: "Bad Request", body: Array(body.utf8))
            self.data = data
            self.error = error
            self.status = status
        }
    }

    private static let rows = [
        Row(200, "{}", [:], nil), Row(200, "", [:], nil), Row(204, "", [:], nil),
        Row(200, #"{"contactId":"c2","future":[1]}"#, ["contactId": "c2", "future": [1]], nil),
        Row(
            400, #"{"__type":"ValidationException","message":"bad state"}"#, .null,
            #"{"type":"ValidationException","message":"bad state","stack":[],"retryStatus":"none","statusCode":400}"#),
        Row(
            400, #"{"__type":"com.amazonaws.cti#InvalidStateException","Message":"no"}"#, .null,
            #"{"type":"InvalidStateException","message":"no","stack":[],"retryStatus":"none","statusCode":400}"#),
        Row(
            404, #"{"code":"ResourceNotFoundException"}"#, .null,
            #"{"type":"ResourceNotFoundException","message":null,"stack":[],"retryStatus":"none","statusCode":404}"#),
        Row(
            409, "{}", .null,
            #"{"type":"UnknownError","message":null,"stack":[],"retryStatus":"none","statusCode":409}"#),
        Row(
            400, "<html>", .null,
            #"{"type":"UnknownError","message":"Bad Request","stack":[],"retryStatus":"none","statusCode":400}"#),
        Row(
            400, "[1]", .null,
            #"{"type":"UnknownError","message":"Bad Request","stack":[],"retryStatus":"none","statusCode":400}"#),
        Row(
            302, "", .null,
            #"{"type":"UnknownError","message":"Bad Request","stack":[],"retryStatus":"none","statusCode":302}"#),
        Row(
            500, #"{"__type":"InternalServiceException","message":"oh"}"#, .null,
            #"{"type":"InternalServiceException","message":"oh","stack":[],"retryStatus":"none","statusCode":500}"#),
        Row(
            200, "\n<!DOCTYPE html><title>Sign in to WLAN</title>", [:],
            #"{"type":"SyntaxError","message":"something between here and Amazon Connect answered with a web page","#
                + #""stack":[],"retryStatus":"none","statusCode":200}"#
        ),
        Row(
            200, "oops", [:],
            #"{"type":"SyntaxError","message":"unexpected character at byte 0","stack":[],"#
                + #""retryStatus":"none","statusCode":200}"#
        ),
    ]

    @Test("successes, service errors and unreadable responses", arguments: rows)
    func answers(row: Row) throws {
        let harness = try SessionHarness.configured()
        harness.handle(.call(Self.ticket, method: "acceptContact", params: ["contactId": "c1"]))
        let actions = try harness.endForGood("AcceptContact", row.outcome)
        let status = row.error == nil ? 200 : row.status
        let accepted: [SessionAction] = row.error == nil ? [.accepted(contactId: "c1")] : []
        #expect(
            actions.dropLast()
                == [try Fixture.metric("acceptContact", time: harness.uptime, status: status, error: row.error)]
                + accepted)
        guard case .answer(Self.ticket, let outcome)? = actions.last else {
            Issue.record("no answer: \(actions)")
            return
        }
        #expect(outcome.apiResponse.data == row.data)
        #expect(outcome.apiResponse.err == row.error)
        #expect(harness.sends(of: "AcceptContact") == (row.status == 500 ? 4 : 1))
    }

    @Test("a network failure → NetworkingError")
    func network() throws {
        let harness = try SessionHarness.configured()
        harness.handle(.call(Self.ticket, method: "acceptContact", params: ["contactId": "c1"]))
        let actions = try harness.endForGood("AcceptContact", .failure("timed out"))
        let error = #"{"type":"NetworkingError","message":"Network Failure","stack":[],"retryStatus":"none"}"#
        #expect(
            actions == [
                .log(.debug, "no answer from the service", ["call": "AcceptContact", "why": "timed out"]),
                try Fixture.metric("acceptContact", time: harness.uptime, error: error),
                .answer(Self.ticket, .failure(.service(.networking))),
            ])
    }

    @Test(
        "a 401 → auth_fail to every port, and the error as the answer",
        arguments: [(401, "X"), (400, "UnauthorizedException")])
    func unauthorized(status: Int, type: String) throws {
        let harness = try SessionHarness.configured()
        harness.handle(.call(Self.ticket, method: "acceptContact", params: ["contactId": "c1"]))
        let error = Fixture.error(type, "who", status)
        #expect(
            try harness.answer("AcceptContact", #"{"__type":"\#(type)","message":"who"}"#, status: status) == [
                try Fixture.metric("acceptContact", status: status, error: error),
                .publish("auth_fail", RawJSON(["authorize": true])),
                .answer(Self.ticket, .failure(.service(Fixture.fault(type, "who", status)))),
            ])
    }

    @Test(
        "a 403 → access_denied to every port, and the error as the answer",
        arguments: [(403, "X"), (400, "AccessDeniedException")])
    func denied(status: Int, type: String) throws {
        let harness = try SessionHarness.configured()
        harness.handle(.call(Self.ticket, method: "acceptContact", params: ["contactId": "c1"]))
        let error = Fixture.error(type, "no", status)
        #expect(
            try harness.answer("AcceptContact", #"{"__type":"\#(type)","message":"no"}"#, status: status) == [
                try Fixture.metric("acceptContact", status: status, error: error),
                .publish("access_denied", RawJSON?.none),
                .answer(Self.ticket, .failure(.service(Fixture.fault(type, "no", status)))),
            ])
    }

    @Test("no session yet → why there is none, for the session source")
    func notReady() {
        func answer(_ source: SessionSettings.Source) -> [SessionAction] {
            SessionHarness(source: source).handle(.call(Self.ticket, method: "getAgentStates", params: [:]))
        }
        func refused(_ why: SessionAbsence) -> [SessionAction] { [.answer(Self.ticket, .failure(.noSession(why)))] }
        #expect(answer(.configure) == refused(.noToken))
        #expect(answer(.authorize(Fixture.instance)) == refused(.starting))
    }

    @Test("no method → noMethod")
    func noMethod() throws {
        for harness in [SessionHarness(), try SessionHarness.configured()] {
            #expect(
                harness.handle(.call(Self.ticket, method: nil, params: .null)) == [
                    .answer(Self.ticket, .failure(.noMethod))
                ])
        }
    }

    @Test(
        "an unknown method → unknownMethod, with a metric",
        arguments: ["noSuchMethod", "PutAgentState", "", "put agent state", "AgentAppService.Nothing.atAll", "état"])
    func unknown(method: String) throws {
        let harness = try SessionHarness.configured()
        #expect(
            harness.handle(.call(Self.ticket, method: method, params: [:])) == [
                try Fixture.metric(method, error: "{}"),
                .answer(Self.ticket, .failure(.unknownMethod(method))),
            ])
    }

    @Test("a client's own long poll → its timeout is added, up to the daemon's own")
    func longPoll() throws {
        let harness = try SessionHarness.configured()
        for (asked, timeout) in [("0", 15_000), ("5000", 20_000), ("900000", 45_000), ("-1", 15_000)]
            as [(String, Int64)]
        {
            let params = try JSON(parsing: #"{"timeout":\#(asked)}"#)
            harness.handle(.call(Self.ticket, method: "getAgentSnapshot", params: params))
            #expect(harness.calls.last?.call.timeout == timeout)
        }
    }
}
