// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

/// Unexpected input from the service or a client must not stop the session.
@Suite("Unexpected input")
struct RobustnessTests {
    private let ticket = RequestTicket.request(PortID(number: 1), requestId: RawJSON("r"))

    @Test("a nextToken that is not a string → ignored, and polling continues", arguments: ["7", "{}", "true", "null"])
    func nextToken(token: String) throws {
        let harness = try SessionHarness.configured()
        try harness.completeRound()
        try harness.answer("GetAgentSnapshot", #"{"snapshot":{"contacts":[]},"nextToken":\#(token)}"#)
        harness.advance(100)
        #expect(harness.count(of: "GetAgentSnapshot") == 1)
    }

    @Test("a routing profile without an ARN → the configuration is still fetched", arguments: ["null", "7"])
    func profile(arn: String) throws {
        let harness = try SessionHarness.configured()
        let configuration = #"{"configuration":{"name":"A","routingProfile":{"routingProfileARN":\#(arn)}}}"#
        try harness.answer("GetAgentConfiguration", configuration)
        for (name, body) in Fixture.lists { try harness.answer(name, body) }
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.agents.count == 1)
    }

    @Test("endless pages → the round is abandoned after 1,000 and the next one starts on time")
    func endlessPages() throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        var pages = 0
        while harness.count(of: "GetAgentStates") == 1, pages < 5_000 {
            pages += 1
            try harness.answer("GetAgentStates", #"{"states":[],"nextToken":"again"}"#)
        }
        #expect(pages == 1_000)
        harness.advance(30_000)
        #expect(harness.count(of: "GetAgentConfiguration") == 1)
    }

    @Test("a subscription that grants no requested topic → counts as refused")
    func emptySuccess() throws {
        let harness = try SessionHarness.connected()
        harness.handle(.subscribe(["a"]))
        harness.forget()
        for _ in 0..<20 { harness.grant(1, []) }
        harness.advance(1_000)
        #expect(harness.recorded.count { if case .sendText = $0 { true } else { false } } <= 1)
    }

    @Test("more than 256 topics → the rest is ignored")
    func manyTopics() throws {
        let harness = try SessionHarness.connected()
        harness.handle(.subscribe((0..<10_000).map { "topic-\($0)" }))
        #expect(harness.status.webSocket.topics.count == 256)
    }

    @Test("more than 32 invalid parameters → 32 are reported")
    func manyFaults() throws {
        let harness = try SessionHarness.running()
        let events = JSON.array(Array(repeating: 1, count: 10_000))
        harness.handle(.call(ticket, method: "sendClientLogs", params: ["logEvents": events]))
        let text = harness.published.last?.data?["error"]?["message"]?.string ?? ""
        #expect(text.hasPrefix("There were 32 validation errors:"))
        #expect(text.utf8.count < 4_000)
    }

    @Test("more than 1,024 calls at a time → tooMany")
    func manyCalls() throws {
        let harness = try SessionHarness.running()
        for _ in 0..<1_100 { harness.handle(.call(ticket, method: "getAgentStates", params: [:])) }
        #expect(harness.count(of: "GetAgentStates") < 1_024)
        guard case .answer(_, let answer)? = harness.recorded.last else {
            Issue.record("no answer")
            return
        }
        #expect(answer == .failure(.tooMany(limit: Session.callLimit)))
    }

    @Test("configure during a renewal → the renewal is cancelled and the new token is used")
    func configureDuringRenewal() throws {
        let harness = try SessionHarness.configured(expires: "2025-01-01T12:10:00.000Z")
        harness.advance(300_000)
        #expect(harness.count(of: "authorize") == 1)
        harness.handle(.configure(Fixture.configure("t2")))
        #expect(harness.count(of: "authorize") == 0)
        harness.handle(.call(ticket, method: "getAgentStates", params: [:]))
        let states = harness.calls.last { $0.call.purpose == "GetAgentStates" }
        #expect(states?.call.headers.contains { $0.value.reveal() == "t2" } == true)
    }

    @Test("terminate during a log upload → no second upload")
    func terminateDuringUpload() throws {
        let harness = try SessionHarness.running()
        harness.handle(.logs(Array(repeating: ["text": "a"], count: 401)))
        harness.handle(.terminate)
        #expect(harness.count(of: "SendClientLogs") == 1)
    }
}
