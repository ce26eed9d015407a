import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Idempotency keys")
struct CallKeyTests {
    private let accepted = #"{"status":"accepted","data":{"contactId":"n"},"clock":"e:0"}"#

    @Test("while the first call is under way the second waits for its outcome, without a call")
    func together() throws {
        let harness = CallHarness()
        #expect(try harness.ask(key: "x") == ["call 1 p1 holdConnection", "schedule 1 10000"])
        #expect(try harness.ask(port: 2, deadline: 400, key: "x") == ["schedule 2 400"])
        #expect(try harness.ask(port: 3, confirm: true, key: "x") == ["schedule 3 10000"])
        #expect(harness.wait(400).count == 1)
        #expect(
            harness.answer(1, data: ["contactId": "n"]) == ["unschedule 1", "p1 \(accepted)", "sync 1"])
        _ = harness.tell(try Shown.agent(contacts: Shown.contact("connected", customer: "hold")))
        #expect(
            harness.synced(1)
                == ["unschedule 3", #"p3 {"status":"confirmed","data":{"contactId":"n"},"clock":"e:1"}"#])
        #expect(harness.isIdle)
    }

    @Test("after the call ended its outcome is the answer at once, to any port of that user")
    func afterwards() throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "x")
        _ = harness.answer(1, data: ["contactId": "n"])
        #expect(try harness.ask(port: 2, key: "x") == ["p2 \(accepted)"])
        #expect(try harness.ask(uid: 7, key: "x") == ["call 3 p1 holdConnection", "schedule 3 10000"])
    }

    @Test("the order of members does not make another call")
    func order() throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "x")
        #expect(
            try harness.ask("holdConnection", #"{"connectionId":"k","contactId":"c"}"#, key: "x")
                == ["schedule 2 10000"])
    }

    @Test(
        "another method or other params under the same key conflict, before and after the answer",
        arguments: [
            ("resumeConnection", #"{"contactId":"c","connectionId":"k"}"#),
            ("holdConnection", #"{"contactId":"k","connectionId":"c"}"#),
            ("holdConnection", #"{"contactId":"c"}"#), ("holdConnection", "null"),
            ("holdConnection", #"{"contactId":"c","connectionId":["k"]}"#),
            ("holdConnection", #"{"contactId":"c","connectionId":{"k":null}}"#),
            ("holdConnection", #"{"contactId":"c","connectionId":"k","z":false}"#),
            ("holdConnection", #"{"contactId":"c","connectionId":"k\u0000"}"#),
        ])
    func other(method: String, params: String) throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "x")
        let conflict = "p1 conflict: this idempotencyKey belongs to a call of another method or with other params"
        #expect(try harness.ask(method, params, key: "x") == [conflict])
        _ = harness.answer(1)
        #expect(try harness.ask(method, params, key: "x") == [conflict])
        #expect(harness.isIdle)
    }

    @Test("keys are compared byte by byte")
    func spelling() throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "\u{e9}")
        #expect(try harness.ask(key: "e\u{301}").count == 2)
    }

    @Test("what did certainly not act frees the key", arguments: CallHarness.refusals)
    func refused(error: CallOutcome.Failure) throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "x")
        _ = try harness.ask(port: 2, key: "x")
        // Who waits gets the same refusal; who comes later makes a call.
        #expect(harness.answer(1, error: error).count == 4)
        #expect(harness.keeper.books.isEmpty)
        #expect(try harness.ask(key: "x") == ["call 3 p1 holdConnection", "schedule 3 10000"])
        #expect(harness.answer(3).count == 2)
    }

    @Test("after a failure that leaves it open the key stays taken, and says so", arguments: CallHarness.doubts)
    func uncertain(error: CallOutcome.Failure) throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "x")
        _ = try harness.ask(port: 2, key: "x")
        let told = harness.answer(1, error: error)
        #expect(told.count == 4 && told.allSatisfy { !$0.contains("retryable") })
        let again = try #require(try harness.ask(confirm: true, key: "x").first)
        #expect(again.hasPrefix("p1 conflict: the call of this idempotencyKey has ended, and nobody knows"))
        #expect(harness.isIdle)
        // Another key can act.
        #expect(try harness.ask(key: "y").count == 2)
    }

    @Test("what only reads did not act, so its failure frees the key")
    func reading() throws {
        let harness = CallHarness()
        _ = try harness.ask("getEndpoints", key: "x")
        let told = harness.answer(1, error: CallHarness.networkError)
        #expect(told.last?.hasPrefix("p1 unavailable (retryable): ") == true)
        #expect(try harness.ask("getEndpoints", key: "x").count == 2)
    }

    @Test("a late success is remembered, whoever went away meanwhile", arguments: [true, false])
    func lateSuccess(closes: Bool) throws {
        let harness = CallHarness()
        _ = try harness.ask(deadline: 500, key: "x")
        _ = closes ? harness.close(1) : harness.wait(500)
        // The second waits for the same late answer …
        #expect(try harness.ask(port: 2, deadline: 1000, key: "x") == ["schedule 2 1000"])
        let told = harness.answer(1, data: ["contactId": "n"])
        #expect(told.count == 3 && told[0].hasPrefix("info a late answer") && told[2] == "p2 \(accepted)")
        // … and the third gets it from the book.
        #expect(try harness.ask(port: 2, key: "x") == ["p2 \(accepted)"])
    }

    @Test("a late refusal frees the key")
    func lateRefusal() throws {
        let harness = CallHarness()
        _ = try harness.ask(deadline: 500, key: "x")
        _ = harness.wait(500)
        _ = harness.answer(1, error: CallHarness.refusal)
        #expect(try harness.ask(key: "x").first == "call 2 p1 holdConnection")
    }

    @Test("once confirmed it stays so, though the agent has moved on")
    func confirmedOnce() throws {
        let harness = CallHarness()
        let talking = try Shown.agent(contacts: Shown.contact("connected"))
        _ = harness.tell(talking)
        _ = try harness.ask(confirm: true, key: "x")
        _ = harness.answer(1)
        _ = harness.tell(try Shown.agent(contacts: Shown.contact("connected", customer: "hold")))
        _ = harness.tell(talking)
        #expect(try harness.ask(confirm: true, key: "x") == [#"p1 {"status":"confirmed","data":{},"clock":"e:3"}"#])
    }

    @Test("a repetition of what no agent shows waits for a snapshot of its own")
    func confirmedBySync() throws {
        let harness = CallHarness()
        _ = try harness.ask("sendDigits", key: "x")
        _ = harness.answer(1)
        _ = harness.tell(try Shown.agent())
        #expect(try harness.ask("sendDigits", confirm: true, key: "x") == ["schedule 2 10000", "sync 2"])
        #expect(harness.tell(try Shown.agent()) == [])
        #expect(harness.synced(2).count == 2)
    }

    @Test("a repetition that wants to see it looks at the newest agent, then asks for a snapshot and waits")
    func confirmedLater() throws {
        let harness = CallHarness()
        _ = harness.tell(try Shown.agent(contacts: Shown.contact("connected")))
        _ = try harness.ask(key: "x")
        _ = harness.answer(1)
        #expect(try harness.ask(confirm: true, key: "x") == ["schedule 2 10000", "sync 2"])
        #expect(harness.synced(2) == [])
        #expect(harness.tell(try Shown.agent(contacts: Shown.contact("connected", customer: "hold"))).count == 2)
        let other = CallHarness()
        _ = other.tell(try Shown.agent(contacts: Shown.contact("connected")))
        _ = try other.ask(key: "x")
        _ = other.answer(1)
        _ = other.tell(try Shown.agent(contacts: Shown.contact("connected", customer: "hold")))
        #expect(try other.ask(confirm: true, key: "x") == [#"p1 {"status":"confirmed","data":{},"clock":"e:2"}"#])
    }
}
