// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("A call and its answer")
struct CallTests {
    private let talking = Shown.contact("connected")
    private let onHold = Shown.contact("connected", customer: "hold")

    @Test("without confirm the service's answer is the answer, and the timer is cancelled")
    func accepted() throws {
        let harness = CallHarness()
        #expect(try harness.ask() == ["call 1 p1 holdConnection", "schedule 1 10000"])
        #expect(
            harness.answer(1, data: ["x": 1])
                == ["unschedule 1", #"p1 {"status":"accepted","data":{"x":1},"clock":"e:0"}"#])
        #expect(harness.answer(1) == [])
        #expect(harness.wait(20_000) == [])
        #expect(harness.isIdle && harness.keeper.books.isEmpty)
    }

    @Test("an answer without data → data is null")
    func withoutData() throws {
        let harness = CallHarness()
        _ = try harness.ask()
        #expect(harness.answer(1, data: .null).last == #"p1 {"status":"accepted","data":null,"clock":"e:0"}"#)
    }

    @Test("with confirm a snapshot is requested at once, and the answer waits for one that shows the effect")
    func confirmed() throws {
        let harness = CallHarness()
        _ = harness.update(try Shown.agent(contacts: talking))
        #expect(try harness.ask(confirm: true) == ["call 1 p1 holdConnection", "schedule 1 10000"])
        #expect(harness.answer(1) == ["sync 1"])
        // A long poll that was sent before the call returns an older agent.
        #expect(harness.update(try Shown.agent(contacts: talking)) == [])
        #expect(harness.synced(1) == [])
        #expect(
            harness.update(try Shown.agent(contacts: onHold))
                == ["unschedule 1", #"p1 {"status":"confirmed","data":{},"clock":"e:3"}"#])
        #expect(harness.isIdle)
    }

    @Test("the effect is shown before the answer → confirmed with the answer, even if it has gone again")
    func shownEarly() throws {
        let harness = CallHarness()
        _ = harness.update(try Shown.agent(contacts: talking))
        _ = try harness.ask(confirm: true)
        #expect(harness.update(try Shown.agent(contacts: onHold)) == [])
        #expect(harness.update(try Shown.agent(contacts: talking)) == [])
        #expect(harness.answer(1) == ["unschedule 1", #"p1 {"status":"confirmed","data":{},"clock":"e:3"}"#])
    }

    @Test("the effect was visible before → only a snapshot requested after the answer confirms")
    func alreadySo() throws {
        let harness = CallHarness()
        _ = harness.update(try Shown.agent(contacts: onHold))
        _ = try harness.ask(confirm: true)
        #expect(harness.update(try Shown.agent(contacts: onHold)) == [])
        #expect(harness.answer(1) == ["sync 1"])
        #expect(harness.update(try Shown.agent(contacts: onHold)) == [])
        #expect(harness.synced(1).last == #"p1 {"status":"confirmed","data":{},"clock":"e:3"}"#)
    }

    @Test("a new snapshot without the effect → any later agent that shows it confirms")
    func freshButOther() throws {
        let harness = CallHarness()
        _ = harness.update(try Shown.agent(contacts: onHold))
        _ = try harness.ask(confirm: true)
        _ = harness.answer(1)
        _ = harness.update(try Shown.agent(contacts: talking))
        #expect(harness.synced(1) == [])
        #expect(harness.synced(1) == [])
        #expect(harness.update(try Shown.agent(contacts: onHold)).count == 2)
    }

    @Test("a call without a visible effect is confirmed by any snapshot requested after the answer")
    func withoutSign() throws {
        let harness = CallHarness()
        _ = try harness.ask("sendDigits", confirm: true)
        #expect(harness.answer(1) == ["sync 1"])
        #expect(harness.update(try Shown.agent()) == [])
        #expect(harness.synced(7) == [])
        #expect(harness.synced(1) == ["unschedule 1", #"p1 {"status":"confirmed","data":{},"clock":"e:1"}"#])
    }

    @Test("a call without a visible effect, and the sync fails → unavailable, and the service took the call")
    func noSnapshot() throws {
        let harness = CallHarness()
        _ = try harness.ask("sendDigits", confirm: true)
        _ = harness.answer(1)
        let error = ProtocolError(.unavailable, "the link is down")
        let text =
            "p1 unavailable: the service accepted sendDigits, but there is no snapshot to confirm it: the link is down"
        #expect(harness.synced(1, error) == ["unschedule 1", text])
        #expect(harness.isIdle)
    }

    @Test("a call with a visible effect, and the sync fails → it still waits")
    func failedSync() throws {
        let harness = CallHarness()
        _ = harness.update(try Shown.agent(contacts: talking))
        _ = try harness.ask(confirm: true)
        _ = harness.answer(1)
        #expect(harness.synced(1, ProtocolError(.unavailable, "the link is down")) == [])
        #expect(harness.update(try Shown.agent(contacts: onHold)).count == 2)
    }

    @Test("the service refuses → an error, with confirm, too")
    func refused() throws {
        let harness = CallHarness()
        _ = try harness.ask(confirm: true)
        #expect(
            harness.answer(1, error: CallHarness.refusal) == [
                "unschedule 1",
                "p1 conflict: the service refused holdConnection (InvalidStateException 400: cannot hold)",
            ])
        #expect(harness.isIdle)
    }

    @Test("the numbers of calls increase")
    func numbers() throws {
        let harness = CallHarness()
        for number in 1...3 as ClosedRange<UInt64> {
            #expect(try harness.ask() == ["call \(number) p1 holdConnection", "schedule \(number) 10000"])
            _ = harness.answer(number)
        }
    }
}

@Suite("Calls that time out or lose their port")
struct CallEndingTests {
    @Test("no answer before the deadline → timeout, outcome unknown; a late answer is logged and dropped")
    func late() throws {
        let harness = CallHarness()
        _ = try harness.ask(deadline: 500)
        #expect(harness.wait(499) == [])
        let text = "p1 timeout: the service has not answered holdConnection within 500 ms: "
        #expect(harness.wait(1) == [text + "it is not known whether it was done"])
        let late = "info a late answer from the service was not delivered; method: holdConnection; "
        #expect(harness.answer(1) == [late + "outcome: accepted; why: its deadline had passed"])
        #expect(harness.isIdle)
    }

    @Test("a read-only call times out → retryable")
    func lateRead() throws {
        let harness = CallHarness()
        _ = try harness.ask("getEndpoints", deadline: 500)
        #expect(
            harness.wait(500) == ["p1 timeout (retryable): the service has not answered getEndpoints within 500 ms"])
    }

    @Test("accepted but not confirmed before the deadline → timeout, and the service took the call")
    func unconfirmed() throws {
        let harness = CallHarness()
        _ = try harness.ask(confirm: true, deadline: 500)
        _ = harness.answer(1)
        let text = "the service accepted holdConnection, but no snapshot has shown it within 500 ms"
        #expect(harness.wait(500) == ["p1 timeout: \(text)"])
        #expect(harness.synced(1) == [])
        #expect(harness.isIdle)
    }

    @Test("a call with a key times out → retryable")
    func lateWithKey() throws {
        let harness = CallHarness()
        _ = try harness.ask(deadline: 500, key: "x")
        #expect(harness.wait(500).first?.hasPrefix("p1 timeout (retryable): ") == true)
        _ = harness.answer(1)
        _ = try harness.ask(confirm: true, deadline: 500, key: "x")
        #expect(harness.wait(500).first?.hasPrefix("p1 timeout (retryable): ") == true)
    }

    @Test("a closed port gets no answer, other ports do")
    func closed() throws {
        let harness = CallHarness()
        _ = try harness.ask()
        _ = try harness.ask(port: 2)
        _ = try harness.ask("sendDigits", confirm: true)
        #expect(harness.answer(3) == ["sync 3"])
        #expect(harness.close(1) == ["unschedule 1", "unschedule 3"])
        let late = "info a late answer from the service was not delivered; method: holdConnection; "
        #expect(harness.answer(1) == [late + "outcome: accepted; why: its port had closed"])
        #expect(harness.synced(3) == [])
        #expect(harness.answer(2).count == 2)
        #expect(harness.isIdle)
    }

    @Test("a long method name is truncated in messages")
    func longName() throws {
        let harness = CallHarness()
        _ = try harness.ask(String(repeating: "x", count: 10_000), deadline: 500)
        #expect(harness.wait(500).allSatisfy { $0.utf8.count < 300 })
        let lines = harness.answer(1, error: .unknownMethod(String(repeating: "y", count: 10_000)))
        #expect(lines.count == 1 && lines.allSatisfy { $0.utf8.count < 1500 })
    }
}
