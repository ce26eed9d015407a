// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("What call adds to api_request")
struct ClearTests {
    private let request = RequestTicket.request(PortID(number: 1), requestId: RawJSON("r"))
    private let contact: JSON = ["contactId": "c1"]

    private static func snapshot(_ state: String?) -> String {
        let contact = state.map {
            #"{"contactId":"c1","type":"voice","state":{"type":"\#($0)"},"connections":["#
                + #"{"connectionId":"a","type":"agent"},{"connectionId":"k","type":"inbound","initial":true}]}"#
        }
        return #"{"snapshot":{"state":{"name":"A"},"contacts":[\#(contact ?? "")]},"nextToken":"n"}"#
    }

    /// A session with a contact.
    private func talking(_ harness: SessionHarness? = nil) throws -> SessionHarness {
        let harness = try harness ?? SessionHarness.running()
        if harness.count(of: "GetAgentSnapshot") == 0 { harness.advance(100) }
        try show("connected", harness)
        harness.forget()
        return harness
    }

    private func show(_ state: String?, _ harness: SessionHarness) throws {
        try harness.answer("GetAgentSnapshot", Self.snapshot(state))
        harness.advance(100)
    }

    private func clear(_ harness: SessionHarness, _ number: UInt64 = 2, deadline: Int64? = 10_000) {
        harness.handle(.call(.call(number), method: "clearContact", params: contact, deadline: deadline))
    }

    private func destroy(_ harness: SessionHarness, _ ticket: RequestTicket = .call(1)) {
        harness.handle(.call(ticket, method: "destroyContact", params: contact, deadline: 10_000))
    }

    private func answer(_ harness: SessionHarness, _ number: UInt64 = 2) -> CallOutcome? {
        for case .answer(.call(number), let outcome) in harness.recorded { return outcome }
        return nil
    }

    // MARK: clearContact

    @Test(
        "right after destroyContact → sent when a snapshot shows that the contact is over, however the clients ask",
        arguments: ["ended", "missed", "rejected", "error"], [true, false])
    func waits(state: String, isAnswered: Bool) throws {
        let harness = try talking()
        destroy(harness, isAnswered ? .call(1) : request)
        if isAnswered { try harness.answer("DestroyContact") }
        clear(harness)
        #expect(harness.count(of: "ClearContact") == 0 && harness.wait(for: .clear(2)) == 9_750)
        try show("connected", harness)
        #expect(harness.count(of: "ClearContact") == 0)
        try show(state, harness)
        #expect(harness.count(of: "ClearContact") == 1 && harness.wait(for: .clear(2)) == nil)
        try harness.answer("ClearContact")
        #expect(answer(harness) == .success([:]))
        harness.advance(20_000)
        #expect(harness.sends(of: "ClearContact") == 1)
    }

    @Test("right after the agent's own connection was destroyed → waits; after another one → is sent at once")
    func connections() throws {
        for (connection, waits) in [("a", true), ("k", false)] {
            let harness = try talking()
            let params: JSON = ["contactId": "c1", "connectionId": .string(connection)]
            harness.handle(.call(.call(1), method: "destroyConnection", params: params))
            clear(harness)
            #expect((harness.count(of: "ClearContact") == 0) == waits)
        }
    }

    @Test("an api_request is sent at once, and so is a call without anything that ends the contact")
    func atOnce() throws {
        let harness = try talking()
        clear(harness)
        #expect(harness.count(of: "ClearContact") == 1)
        destroy(harness)
        harness.handle(.call(request, method: "clearContact", params: contact))
        #expect(harness.count(of: "ClearContact") == 2)
        harness.handle(.call(.call(3), method: "clearContact", params: ["contactId": "other"]))
        #expect(harness.count(of: "ClearContact") == 3)
    }

    @Test("the contact is over already → nothing to wait for, and the next contact with that id is a new one")
    func over() throws {
        let harness = try talking()
        destroy(harness)
        try show("ended", harness)
        clear(harness)
        #expect(harness.count(of: "ClearContact") == 1)
        destroy(harness, .call(3))
        clear(harness, 4)
        #expect(harness.count(of: "ClearContact") == 2)
    }

    @Test("the contact is gone → it is cleared: a success without a call")
    func gone() throws {
        let harness = try talking()
        destroy(harness)
        clear(harness)
        try show(nil, harness)
        #expect(answer(harness) == .success([:]) && harness.sends(of: "ClearContact") == 0)
        #expect(harness.wait(for: .clear(2)) == nil)
        clear(harness, 3)
        #expect(harness.count(of: "ClearContact") == 1)
    }

    @Test("destroyContact fails → the service decides; with a second one under way, it still waits")
    func failed() throws {
        let harness = try talking()
        destroy(harness)
        destroy(harness, .call(3))
        clear(harness)
        try harness.answer("DestroyContact", #"{"__type":"InvalidStateException"}"#, status: 400)
        #expect(harness.count(of: "ClearContact") == 0)
        try harness.answer("DestroyContact", #"{"__type":"InvalidStateException"}"#, status: 400)
        #expect(harness.count(of: "ClearContact") == 1)
        try harness.answer("ClearContact", #"{"__type":"InvalidStateException","message":"m"}"#, status: 400)
        #expect(answer(harness) == .failure(.service(Fixture.fault("InvalidStateException", "m", 400))))
    }

    @Test(
        "the contact does not end → an error a little before the deadline, and nothing is sent",
        arguments: [(10_000, 9_750), (100, 75), (nil, 14_750)] as [(Int64?, Int64)])
    func deadline(deadline: Int64?, wait: Int64) throws {
        let harness = try talking()
        destroy(harness)
        clear(harness, deadline: deadline)
        harness.advance(wait - 1)
        #expect(answer(harness) == nil)
        harness.advance(1)
        guard case .failure(.service(let error))? = answer(harness) else {
            Issue.record("\(String(describing: answer(harness)))")
            return
        }
        #expect(error.type == "InvalidStateException" && error.status == 400)
        #expect(error.message == "the contact is not over yet, so clearContact was not sent")
        try show("ended", harness)
        #expect(harness.sends(of: "ClearContact") == 0)
    }

    @Test("each waits for its own contact and has its own deadline; what is left of it goes on")
    func several() throws {
        let harness = try talking()
        destroy(harness)
        clear(harness, 2, deadline: 1_000)
        clear(harness, 3, deadline: 20_000)
        harness.advance(1_000)
        #expect(answer(harness, 2) != nil && answer(harness, 3) == nil)
        try show("ended", harness)
        let body = Array(#"{"__type":"ThrottlingException"}"#.utf8)
        // A pause that ends after the deadline.
        try harness.end("ClearContact", .response(status: 429, reason: "", body: body, retryAfter: 19_000))
        #expect(answer(harness, 3) != nil)
    }

    @Test(
        "the session ends, or is another person's → answered once, and never sent",
        arguments: SessionHarness.Ending.allCases)
    func ended(ending: SessionHarness.Ending) throws {
        let harness = try talking(SessionHarness.authorized())
        destroy(harness)
        clear(harness)
        // A forced logout leaves the contact to the service.
        try harness.end(by: ending)
        let answers = harness.recorded.filter { if case .answer(.call(2), _) = $0 { true } else { false } }
        #expect(answers.count == 1)
        guard case .failure? = answer(harness) else {
            Issue.record("\(answers)")
            return
        }
        harness.advance(60_000)
        #expect(harness.sends(of: "ClearContact") == 0 && harness.wait(for: .clear(2)) == nil)
    }

    // MARK: getEndpoints

    @Test(
        "call: a single ARN, under either name, and all pages unless it names one; api_request: as it is",
        arguments: [
            (#"{"queueARNs":"q"}"#, #"{"queueARNs":["q"],"maxResults":500"#),
            (#"{"queueARN":"q"}"#, #"{"queueARNs":["q"],"maxResults":500"#),
            (#"{"queueARN":"q","queueARNs":null}"#, #"{"queueARNs":["q"],"maxResults":500"#),
            (#"{"queueARNs":["a","b"],"queueARN":"q"}"#, #"{"queueARNs":["a","b"],"maxResults":500"#),
            (#"{"queueARNs":"q","maxResults":1}"#, #"{"queueARNs":["q"],"maxResults":1"#),
            (#"{"queueARN":"q","nextToken":"n"}"#, #"{"nextToken":"n","queueARNs":["q"]"#),
        ])
    func endpoints(params: String, body: String) throws {
        let harness = try SessionHarness.running()
        let params = try JSON(parsing: params)
        harness.handle(.call(.call(1), method: "getEndpoints", params: params))
        let sent = String(decoding: try #require(try harness.pending("GetEndpoints").body), as: UTF8.self)
        #expect(sent == body + #","authentication":{"authToken":"t1"}}"#)

        let isWhole = params["queueARNs"]?.array != nil
        harness.handle(.call(request, method: "getEndpoints", params: params))
        #expect(harness.count(of: "GetEndpoints") == (isWhole ? 2 : 1))
    }
}
