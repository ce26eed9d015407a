// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import SessionCore

@Suite("The accepted action")
struct AcceptedTests {
    private static let tickets: [RequestTicket] = [.request(PortID(number: 1), requestId: RawJSON("r")), .call(4)]

    private func accepted(_ actions: [SessionAction]) -> [SessionAction] {
        actions.filter { if case .accepted = $0 { true } else { false } }
    }

    @Test("a successful acceptContact → accepted directly before the answer", arguments: tickets)
    func success(ticket: RequestTicket) throws {
        let harness = try SessionHarness.running()
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c1", "other": 1]))
        #expect(
            try harness.answer("AcceptContact") == [
                try Fixture.metric("acceptContact"), .accepted(contactId: "c1"),
                .answer(ticket, .success([:])),
            ])
    }

    @Test("an acceptContact that succeeds on a retry → accepted once", arguments: tickets)
    func retried(ticket: RequestTicket) throws {
        let harness = try SessionHarness.running()
        harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c1"]))
        let id = try #require(harness.calls.last).id
        #expect(accepted(try harness.answer("AcceptContact", status: 429)) == [])
        try harness.advance(to: .callRetry(id))
        #expect(accepted(try harness.answer("AcceptContact")) == [.accepted(contactId: "c1")])
    }

    @Test("a failed acceptContact, or an unreadable response → not accepted", arguments: tickets)
    func failure(ticket: RequestTicket) throws {
        for outcome in [
            .failure("reset"), .response(status: 404, reason: "", body: []),
            .response(status: 200, reason: "", body: Array("oops".utf8)),
        ] as [HTTPOutcome] {
            let harness = try SessionHarness.running()
            harness.handle(.call(ticket, method: "acceptContact", params: ["contactId": "c1"]))
            #expect(accepted(try harness.endForGood("AcceptContact", outcome)) == [])
        }
    }

    @Test("responses in another order → each accepted action has its own contact id")
    func several() throws {
        let harness = try SessionHarness.running()
        for contact in ["c1", "c2"] {
            harness.handle(.call(.call(1), method: "acceptContact", params: ["contactId": .string(contact)]))
        }
        let second = try #require(harness.calls.last).id
        harness.drop(second)
        let response = HTTPOutcome.response(status: 200, reason: "", body: [])
        #expect(accepted(harness.handle(.http(second, response))) == [.accepted(contactId: "c2")])
        #expect(accepted(try harness.answer("AcceptContact")) == [.accepted(contactId: "c1")])
    }

    @Test(
        "other operations on a contact → no accepted action",
        arguments: [.rejectContact, .clearContact, .completeContact, .destroyContact] as [CTIOperation])
    func others(operation: CTIOperation) throws {
        let harness = try SessionHarness.running()
        harness.handle(.call(.call(1), method: operation.rawValue, params: ["contactId": "c1"]))
        #expect(accepted(try harness.answer(operation.wireName)) == [])
    }
}
