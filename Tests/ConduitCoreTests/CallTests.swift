import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("A call and its one answer")
struct CallTests {
    private let talking = Shown.contact("connected")
    private let onHold = Shown.contact("connected", customer: "hold")

    @Test("without confirm the service's answer is the answer, and the timer goes")
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

    @Test("an answer without data has null")
    func withoutData() throws {
        let harness = CallHarness()
        _ = try harness.ask()
        #expect(harness.answer(1, data: .null).last == #"p1 {"status":"accepted","data":null,"clock":"e:0"}"#)
    }

    @Test("with confirm a snapshot is asked for at once, and the answer waits until one shows it")
    func confirmed() throws {
        let harness = CallHarness()
        _ = harness.tell(try Shown.agent(contacts: talking))
        #expect(try harness.ask(confirm: true) == ["call 1 p1 holdConnection", "schedule 1 10000"])
        #expect(harness.answer(1) == ["sync 1"])
        // A long poll that was asked for before the call brings an older agent.
        #expect(harness.tell(try Shown.agent(contacts: talking)) == [])
        #expect(harness.synced(1) == [])
        #expect(
            harness.tell(try Shown.agent(contacts: onHold))
                == ["unschedule 1", #"p1 {"status":"confirmed","data":{},"clock":"e:3"}"#])
        #expect(harness.isIdle)
    }

    @Test("a snapshot that shows it before the answer confirms with the answer, whatever comes between")
    func shownEarly() throws {
        let harness = CallHarness()
        _ = harness.tell(try Shown.agent(contacts: talking))
        _ = try harness.ask(confirm: true)
        #expect(harness.tell(try Shown.agent(contacts: onHold)) == [])
        #expect(harness.tell(try Shown.agent(contacts: talking)) == [])
        #expect(harness.answer(1) == ["unschedule 1", #"p1 {"status":"confirmed","data":{},"clock":"e:3"}"#])
    }

    @Test("what was so before counts only in a snapshot that was asked for after the service took the call")
    func alreadySo() throws {
        let harness = CallHarness()
        _ = harness.tell(try Shown.agent(contacts: onHold))
        _ = try harness.ask(confirm: true)
        #expect(harness.tell(try Shown.agent(contacts: onHold)) == [])
        #expect(harness.answer(1) == ["sync 1"])
        #expect(harness.tell(try Shown.agent(contacts: onHold)) == [])
        #expect(harness.synced(1).last == #"p1 {"status":"confirmed","data":{},"clock":"e:3"}"#)
    }

    @Test("a sync that shows something else is waited past: any later agent counts then")
    func freshButOther() throws {
        let harness = CallHarness()
        _ = harness.tell(try Shown.agent(contacts: onHold))
        _ = try harness.ask(confirm: true)
        _ = harness.answer(1)
        _ = harness.tell(try Shown.agent(contacts: talking))
        #expect(harness.synced(1) == [])
        #expect(harness.synced(1) == [])
        #expect(harness.tell(try Shown.agent(contacts: onHold)).count == 2)
    }

    @Test("what no snapshot shows is confirmed by a snapshot that was asked for afterwards")
    func withoutSign() throws {
        let harness = CallHarness()
        _ = try harness.ask("sendDigits", confirm: true)
        #expect(harness.answer(1) == ["sync 1"])
        #expect(harness.tell(try Shown.agent()) == [])
        #expect(harness.synced(7) == [])
        #expect(harness.synced(1) == ["unschedule 1", #"p1 {"status":"confirmed","data":{},"clock":"e:1"}"#])
    }

    @Test("if that snapshot cannot be had the answer says that the service took the call")
    func noSnapshot() throws {
        let harness = CallHarness()
        _ = try harness.ask("sendDigits", confirm: true)
        _ = harness.answer(1)
        let error = ProtocolError(.unavailable, "the link is down")
        let text =
            "p1 unavailable: the service took sendDigits, but there is no snapshot to confirm it: the link is down"
        #expect(harness.synced(1, error) == ["unschedule 1", text])
        #expect(harness.isIdle)
    }

    @Test("where any agent can show it a failed sync changes nothing")
    func failedSync() throws {
        let harness = CallHarness()
        _ = harness.tell(try Shown.agent(contacts: talking))
        _ = try harness.ask(confirm: true)
        _ = harness.answer(1)
        #expect(harness.synced(1, ProtocolError(.unavailable, "the link is down")) == [])
        #expect(harness.tell(try Shown.agent(contacts: onHold)).count == 2)
    }

    @Test("an error ends the call, confirm or not")
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

    @Test("numbers only grow")
    func numbers() throws {
        let harness = CallHarness()
        for number in 1...3 as ClosedRange<UInt64> {
            #expect(try harness.ask() == ["call \(number) p1 holdConnection", "schedule \(number) 10000"])
            _ = harness.answer(number)
        }
    }
}

@Suite("Calls whose time is up, or whose port")
struct CallEndingTests {
    @Test("without an answer the deadline says that nobody knows; the late answer is logged and not delivered")
    func late() throws {
        let harness = CallHarness()
        _ = try harness.ask(deadline: 500)
        #expect(harness.wait(499) == [])
        let text = "p1 timeout: the service has not answered holdConnection within 500 ms: "
        #expect(harness.wait(1) == [text + "it is not known whether it was done"])
        let late = "info a late answer of the service was not delivered; method: holdConnection; "
        #expect(harness.answer(1) == [late + "outcome: accepted; why: its deadline had passed"])
        #expect(harness.isIdle)
    }

    @Test("what only reads can be asked again")
    func lateRead() throws {
        let harness = CallHarness()
        _ = try harness.ask("getEndpoints", deadline: 500)
        #expect(
            harness.wait(500) == ["p1 timeout (retryable): the service has not answered getEndpoints within 500 ms"])
    }

    @Test("a call that the service took and no snapshot shows says so")
    func unconfirmed() throws {
        let harness = CallHarness()
        _ = try harness.ask(confirm: true, deadline: 500)
        _ = harness.answer(1)
        let text = "the service took holdConnection, but no snapshot has shown it within 500 ms"
        #expect(harness.wait(500) == ["p1 timeout: \(text)"])
        #expect(harness.synced(1) == [])
        #expect(harness.isIdle)
    }

    @Test("with a key a timeout can be asked again")
    func lateWithKey() throws {
        let harness = CallHarness()
        _ = try harness.ask(deadline: 500, key: "x")
        #expect(harness.wait(500).first?.hasPrefix("p1 timeout (retryable): ") == true)
        _ = harness.answer(1)
        _ = try harness.ask(confirm: true, deadline: 500, key: "x")
        #expect(harness.wait(500).first?.hasPrefix("p1 timeout (retryable): ") == true)
    }

    @Test("a port that closes is answered no more, and the others are")
    func closed() throws {
        let harness = CallHarness()
        _ = try harness.ask()
        _ = try harness.ask(port: 2)
        _ = try harness.ask("sendDigits", confirm: true)
        #expect(harness.answer(3) == ["sync 3"])
        #expect(harness.close(1) == ["unschedule 1", "unschedule 3"])
        let late = "info a late answer of the service was not delivered; method: holdConnection; "
        #expect(harness.answer(1) == [late + "outcome: accepted; why: its port had closed"])
        #expect(harness.synced(3) == [])
        #expect(harness.answer(2).count == 2)
        #expect(harness.isIdle)
    }

    @Test("a name of any length stays short in messages")
    func longName() throws {
        let harness = CallHarness()
        _ = try harness.ask(String(repeating: "x", count: 10_000), deadline: 500)
        #expect(harness.wait(500).allSatisfy { $0.utf8.count < 300 })
        let told = harness.answer(1, error: .unknownMethod(String(repeating: "y", count: 10_000)))
        #expect(told.count == 1 && told.allSatisfy { $0.utf8.count < 1500 })
    }
}
