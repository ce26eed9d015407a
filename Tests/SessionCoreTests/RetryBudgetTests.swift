// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Retry budget for 401s and 403s of polled calls")
struct RetryBudgetTests {
    private let unauthorized = #"{"__type":"UnauthorizedException","message":"who"}"#
    private let denied = #"{"__type":"AccessDeniedException","message":"no"}"#

    private func refuse(_ harness: SessionHarness, _ status: Int, times: Int) throws {
        for _ in 0..<times {
            try harness.answer("GetAgentSnapshot", status == 401 ? unauthorized : denied, status: status)
            harness.advance(5_000)
        }
    }

    @Test("twenty 401s are retried; the next one suspends polling and signs the session out")
    func unauthorizedOut() throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, 401, times: 20)
        #expect(harness.events == [])
        let retrying = Fixture.error("UnauthorizedException", "who", 401, retryStatus: "retrying")
        let metric = try Fixture.metric("getAgentSnapshot", status: 401, error: retrying, retryStatus: "retrying")
        #expect(harness.recorded.count { $0 == metric } == 20)
        let exhausted = Fixture.error("UnauthorizedException", "who", 401, retryStatus: "exhausted")
        #expect(
            try harness.answer("GetAgentSnapshot", unauthorized, status: 401) == [
                try Fixture.metric("getAgentSnapshot", status: 401, error: exhausted, retryStatus: "exhausted"),
                .publish("cti_authorize_retries_exhausted", RawJSON?.none),
            ])
        #expect(harness.sends(of: "GetAgentSnapshot") == 21)
        #expect(harness.status.state == .signedOut)
        #expect(harness.status.auth.state == .refused)
    }

    @Test("polling stays suspended until there is a new token, and resumes at once with it")
    func suspended() throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, 401, times: 21)
        harness.advance(3_600_000)
        #expect(harness.count(of: "GetAgentSnapshot") == 0)
        #expect(harness.handle(.configure(Fixture.configure())) == [])
        let actions = harness.handle(.configure(Fixture.configure("t2")))
        let body = #"{"timeout":30000,"authentication":{"authToken":"t2"}}"#
        let call = Fixture.call("GetAgentSnapshot", body, token: "t2", timeout: 45_000)
        guard case .send(_, call)? = actions.last else {
            Issue.record("\(actions)")
            return
        }
        #expect(actions.first == .unschedule(.snapshot))
        #expect(harness.status.state == .starting)
    }

    @Test("ten 403s are retried; the next one → access_denied and polling is suspended")
    func deniedOut() throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, 403, times: 10)
        #expect(harness.events == [])
        #expect(
            try harness.answer("GetAgentSnapshot", denied, status: 403).last == .publish("access_denied", RawJSON?.none)
        )
        harness.advance(3_600_000)
        #expect(harness.sends(of: "GetAgentSnapshot") == 11)
        #expect(harness.events == ["access_denied"])
        harness.handle(.configure(Fixture.configure("t2")))
        #expect(harness.sends(of: "GetAgentSnapshot") == 12)
    }

    @Test("after the budget is spent, the count starts again at 0")
    func anew() throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, 401, times: 21)
        harness.handle(.configure(Fixture.configure("t2")))
        try refuse(harness, 401, times: 20)
        #expect(harness.events == ["cti_authorize_retries_exhausted"])
        try refuse(harness, 401, times: 1)
        #expect(harness.events == ["cti_authorize_retries_exhausted", "cti_authorize_retries_exhausted"])
    }

    @Test("a success or any other failure resets the count", arguments: [200, 400, 404])
    func reset(status: Int) throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, 401, times: 20)
        try harness.answer("GetAgentSnapshot", status == 200 ? Fixture.snapshot : "{}", status: status)
        harness.advance(5_000)
        try refuse(harness, 401, times: 20)
        #expect(harness.events == [])
        try refuse(harness, 401, times: 1)
        #expect(harness.events == ["cti_authorize_retries_exhausted"])
    }

    @Test(
        "all polled operations share one count, including clients' calls",
        arguments: CTIOperation.allCases.filter { $0.model.polling != .none })
    func sharedCount(operation: CTIOperation) throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, 401, times: 19)
        let ticket = RequestTicket.request(PortID(number: 1), requestId: RawJSON("r"))
        let params: JSON = ["routingProfileARN": "arn:rp"]
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        harness.forget()
        for _ in 0..<20 {
            harness.handle(.call(ticket, method: operation.rawValue, params: params))
            try harness.end(last: operation, unauthorized)
        }
        let retrying = Fixture.fault("UnauthorizedException", "who", 401, retryStatus: .retrying)
        #expect(harness.recorded.count { $0 == .answer(ticket, .failure(.service(retrying))) } == 20)
        #expect(harness.events == [])
        try harness.answer("GetAgentConfiguration", unauthorized, status: 401)
        #expect(harness.events == ["cti_authorize_retries_exhausted"])
    }

    @Test("a client's polled call spends the budget → auth_fail to every port")
    func clientSpends() throws {
        let harness = try SessionHarness.configured()
        try refuse(harness, 401, times: 20)
        let ticket = RequestTicket.request(PortID(number: 1), requestId: nil)
        harness.handle(.call(ticket, method: "getAgentStates", params: [:]))
        let exhausted = Fixture.error("UnauthorizedException", "who", 401, retryStatus: "exhausted")
        #expect(
            try harness.answer("GetAgentStates", unauthorized, status: 401) == [
                try Fixture.metric("getAgentStates", status: 401, error: exhausted, retryStatus: "exhausted"),
                .publish("auth_fail", RawJSON(["authorize": true])),
                .answer(
                    ticket,
                    .failure(.service(Fixture.fault("UnauthorizedException", "who", 401, retryStatus: .exhausted)))),
            ])
    }

    @Test("the configuration's poller is suspended separately, and a reload does not resume it")
    func configurationSuspended() throws {
        let harness = try SessionHarness.running()
        try refuse(harness, 401, times: 20)
        #expect(harness.count(of: "GetAgentConfiguration") == 1)
        try harness.answer("GetAgentConfiguration", unauthorized, status: 401)
        #expect(harness.events == ["cti_authorize_retries_exhausted"])
        #expect(harness.wait(for: .configuration) == nil)
        #expect(harness.handle(.reloadConfiguration) == [])
        harness.handle(.configure(Fixture.configure("t2")))
        #expect(harness.count(of: "GetAgentConfiguration") == 1)
        #expect(harness.wait(for: .configuration) == 30_000)
    }

    @Test("401s and 403s are counted separately, recognized by status or by code")
    func kinds() {
        var budget = RetryBudget()
        for _ in 0..<20 { #expect(budget.spend(.unauthorized) == .retrying) }
        for _ in 0..<10 { #expect(budget.spend(.accessDenied) == .retrying) }
        #expect(budget.spend(.unauthorized) == .exhausted)
        #expect(budget.spend(.accessDenied) == .exhausted)
        #expect(budget == RetryBudget())
        #expect(budget.spend(.unauthorized) == .retrying)
        #expect(budget.spend(.ordinary) == .none)
        #expect(budget == RetryBudget())
        #expect(ServiceError(type: "UnauthorizedException", message: nil, status: 400).kind == .unauthorized)
        #expect(ServiceError(type: "x", message: nil, status: 401).kind == .unauthorized)
        #expect(ServiceError(type: "AccessDeniedException", message: nil, status: 400).kind == .accessDenied)
        #expect(ServiceError(type: "x", message: nil, status: 403).kind == .accessDenied)
        #expect(ServiceError(type: "x", message: nil, status: 400).kind == .ordinary)
    }
}

extension SessionHarness {
    /// Ends the newest call with a 401.
    fileprivate func end(last operation: CTIOperation, _ body: String) throws {
        let newest = try #require(calls.last)
        try #require(newest.call.purpose == operation.wireName)
        drop(newest.id)
        handle(.http(newest.id, .response(status: 401, reason: "Reason", body: Array(body.utf8))))
    }
}
