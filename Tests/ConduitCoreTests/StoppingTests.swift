// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Requests in progress when the daemon stops")
struct StoppingTests {
    @Test("an unanswered call → unavailable: not known whether it was done")
    func unanswered() throws {
        let harness = CallHarness()
        _ = try harness.ask()
        let lines = CallHarness.lines(harness.handle(.stopping))
        #expect(
            lines == [
                "unschedule 1",
                "p1 unavailable: the daemon is stopping, and the service has not answered holdConnection: it is not known "
                    + "whether it was done",
            ])
    }

    @Test("a call that waits for its confirmation → unavailable: accepted, but not confirmed")
    func unconfirmed() throws {
        let harness = CallHarness()
        _ = try harness.ask(confirm: true)
        _ = harness.answer(1)
        let lines = CallHarness.lines(harness.handle(.stopping))
        #expect(lines.last?.hasPrefix("p1 unavailable: the service accepted holdConnection, but") == true)
        #expect(harness.keeper.waiters.isEmpty)
    }

    @Test("shutdown → each open call is answered before bye")
    func order() {
        let harness = ConduitHarness()
        let one = harness.port(1)
        harness.ask(one, "call", ["method": "acceptContact", "params": ["contactId": "c"]])
        harness.handle(.shutdown(reason: "x"))
        #expect(harness.briefly(one) == ["partyline::response"])
        #expect(harness.closed[one]?.contains("partyline::bye") == true)
    }

    @Test("a confirmed createOutboundContact → the new contact's id")
    func newContact() throws {
        let harness = CallHarness()
        _ = harness.update(try Shown.agent())
        _ = try harness.ask("createOutboundContact", "{}", confirm: true)
        _ = harness.answer(1)
        let new = Shown.contact("connecting", id: "new", type: "outbound")
        let lines = harness.update(try Shown.agent(contacts: new))
        #expect(lines.last == #"p1 {"status":"confirmed","data":{},"clock":"e:2","contactId":"new"}"#)
    }
}
