// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("Answers that are too large, or empty")
struct AnswerSizeTests {
    private static func snapshot(_ state: String, contacts: String = "[]") -> String {
        #"{"snapshot":{"state":{"name":"\#(state)"},"contacts":\#(contacts)},"nextToken":"n"}"#
    }

    private static let longName = String(repeating: "x", count: 65_537)

    @Test(
        "a name above 64 KiB → the service's fault; the agent stays",
        arguments: [
            snapshot(longName), snapshot("a", contacts: #"[{"contactId":"\#(longName)"}]"#),
            snapshot("a", contacts: #"[{"contactId":"c","queue":{"name":"\#(longName)"}}]"#),
        ])
    func name(body: String) throws {
        let harness = try SessionHarness.running()
        try harness.answer("GetAgentSnapshot", body)
        #expect(harness.agents.isEmpty)
        #expect(harness.status.link.failure?.type == "ResponseTooLarge")
    }

    @Test("a snapshot of 6 MB is accepted, one above 16 MiB is not", arguments: [(6_000_000, true), (17 << 20, false)])
    func size(bytes: Int, isAccepted: Bool) throws {
        let harness = try SessionHarness.running()
        let attributes = #"[{"contactId":"c","attributes":{"a":{"value":"\#(String(repeating: "x", count: bytes))"}}}]"#
        try harness.answer("GetAgentSnapshot", Self.snapshot("a", contacts: attributes))
        #expect(harness.agents.isEmpty != isAccepted)
    }

    @Test("endless pages of a list → the round ends at 16 MiB")
    func pages() throws {
        let harness = try SessionHarness.configured()
        try harness.answer("GetAgentConfiguration", Fixture.configuration)
        let states = #"[{"name":"\#(String(repeating: "x", count: 60_000))"}]"#
        let pages = (1...15).map { _ in states.dropFirst().dropLast() }.joined(separator: ",")
        var count = 0
        while harness.count(of: "GetAgentStates") == 1, count < 100 {
            try harness.answer("GetAgentStates", #"{"states":[\#(pages)],"nextToken":"n"}"#)
            count += 1
        }
        #expect((18...20).contains(count))
        #expect(harness.recorded.contains { "\($0)".contains("the configuration could not be fetched") })
    }

    @Test("an empty 200 → an error where the operation has output, a success where it has none")
    func empty() throws {
        let harness = try SessionHarness.running()
        let ticket = RequestTicket.call(1)
        harness.handle(.call(ticket, method: "getAgentStates", params: [:]))
        try harness.answer("GetAgentStates", "")
        let fault = ServiceError(type: "SyntaxError", message: "the answer is empty", status: 200)
        #expect(harness.recorded.contains(.answer(ticket, .failure(.garbled(fault)))))
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c"]))
        try harness.answer("AcceptContact", "")
        #expect(harness.recorded.contains(.answer(ticket, .success([:]))))
    }

    @Test("a failed attempt of the poll → the link is degraded until the poll ends")
    func degraded() throws {
        let harness = try SessionHarness.running()
        #expect(harness.status.link.state == .up)
        try harness.fail("GetAgentSnapshot")
        #expect(harness.status.link.state == .degraded)
        #expect(harness.status.link.lastError == "getAgentSnapshot: NetworkingError: Network Failure")
        harness.advance(1000)
        try harness.answer("GetAgentSnapshot", Fixture.snapshot)
        #expect(harness.status.link.state == .up)
        #expect(harness.status.link.lastError == nil)
    }

    @Test("stop → every open request is answered, as not known")
    func stop() throws {
        let harness = try SessionHarness.running()
        let tickets = [RequestTicket.request(PortID(number: 1), requestId: nil), .call(7)]
        for ticket in tickets { harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c"])) }
        harness.forget()
        harness.handle(.stop)
        for ticket in tickets {
            #expect(harness.recorded.contains(.answer(ticket, .failure(.service(.stopping)))))
        }
    }
}
