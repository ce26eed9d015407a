// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Idempotency keys")
struct CallKeyTests {
    private let accepted = #"{"status":"accepted","data":{"contactId":"n"},"clock":"e:0"}"#

    @Test("a repetition of a pending call makes no call and gets the same outcome")
    func together() throws {
        let harness = CallHarness()
        #expect(try harness.ask(key: "x") == ["call 1 p1 holdConnection", "schedule 1 10000"])
        #expect(try harness.ask(port: 2, deadline: 400, key: "x") == ["schedule 2 400"])
        #expect(try harness.ask(port: 3, confirm: true, key: "x") == ["schedule 3 10000"])
        #expect(harness.wait(400).count == 1)
        #expect(
            harness.answer(1, data: ["contactId": "n"]) == ["unschedule 1", "p1 \(accepted)", "sync 1"])
        _ = harness.update(try Shown.agent(contacts: Shown.contact("connected", customer: "hold")))
        #expect(
            harness.synced(1)
                == ["unschedule 3", #"p3 {"status":"confirmed","data":{"contactId":"n"},"clock":"e:1"}"#])
        #expect(harness.isIdle)
    }

    @Test("a repetition of a completed call is answered at once, on any port of the user")
    func afterwards() throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "x")
        _ = harness.answer(1, data: ["contactId": "n"])
        #expect(try harness.ask(port: 2, key: "x") == ["p2 \(accepted)"])
        #expect(try harness.ask(uid: 7, key: "x") == ["call 3 p1 holdConnection", "schedule 3 10000"])
    }

    @Test("the order of the params' members does not matter")
    func order() throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "x")
        #expect(
            try harness.ask("holdConnection", #"{"connectionId":"k","contactId":"c"}"#, key: "x")
                == ["schedule 2 10000"])
    }

    @Test(
        "the same key with another method or other params → conflict, before and after the answer",
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
        let conflict = "p1 conflict: this idempotencyKey was used for a call with another method or other params"
        #expect(try harness.ask(method, params, key: "x") == [conflict])
        _ = harness.answer(1)
        #expect(try harness.ask(method, params, key: "x") == [conflict])
        #expect(harness.isIdle)
    }

    @Test("keys are compared by their bytes")
    func spelling() throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "\u{e9}")
        #expect(try harness.ask(key: "e\u{301}").count == 2)
    }

    @Test("a failure that rules out an effect frees the key", arguments: CallHarness.refusals)
    func refused(error: CallOutcome.Failure) throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "x")
        _ = try harness.ask(port: 2, key: "x")
        // Pending repetitions get the same refusal; a later request makes a call.
        #expect(harness.answer(1, error: error).count == 4)
        #expect(harness.keeper.books.isEmpty)
        #expect(try harness.ask(key: "x") == ["call 3 p1 holdConnection", "schedule 3 10000"])
        #expect(harness.answer(3).count == 2)
    }

    @Test(
        "a failure that leaves the effect unknown keeps the key: a repetition → conflict", arguments: CallHarness.doubts
    )
    func uncertain(error: CallOutcome.Failure) throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "x")
        _ = try harness.ask(port: 2, key: "x")
        let lines = harness.answer(1, error: error)
        #expect(lines.count == 4 && lines.allSatisfy { !$0.contains("retryable") })
        let again = try #require(try harness.ask(confirm: true, key: "x").first)
        #expect(again.hasPrefix("p1 conflict: the call with this idempotencyKey has ended, but it is not known"))
        #expect(harness.isIdle)
        // Another key makes a call.
        #expect(try harness.ask(key: "y").count == 2)
    }

    @Test("a failed read-only call frees the key")
    func reading() throws {
        let harness = CallHarness()
        _ = try harness.ask("getEndpoints", key: "x")
        let lines = harness.answer(1, error: CallHarness.networkError)
        #expect(lines.last?.hasPrefix("p1 unavailable (retryable): ") == true)
        #expect(try harness.ask("getEndpoints", key: "x").count == 2)
    }

    @Test("a late success is kept, whether the port timed out or closed", arguments: [true, false])
    func lateSuccess(closes: Bool) throws {
        let harness = CallHarness()
        _ = try harness.ask(deadline: 500, key: "x")
        _ = closes ? harness.close(1) : harness.wait(500)
        // The second request waits for the same late answer.
        #expect(try harness.ask(port: 2, deadline: 1000, key: "x") == ["schedule 2 1000"])
        let lines = harness.answer(1, data: ["contactId": "n"])
        #expect(lines.count == 3 && lines[0].hasPrefix("info a late answer") && lines[2] == "p2 \(accepted)")
        // The third is answered from the key's book.
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

    @Test("a confirmed call stays confirmed when the agent changes again")
    func confirmedOnce() throws {
        let harness = CallHarness()
        let talking = try Shown.agent(contacts: Shown.contact("connected"))
        _ = harness.update(talking)
        _ = try harness.ask(confirm: true, key: "x")
        _ = harness.answer(1)
        _ = harness.update(try Shown.agent(contacts: Shown.contact("connected", customer: "hold")))
        _ = harness.update(talking)
        #expect(try harness.ask(confirm: true, key: "x") == [#"p1 {"status":"confirmed","data":{},"clock":"e:3"}"#])
    }

    @Test("a repetition with confirm of a call without a visible effect waits for a new snapshot")
    func confirmedBySync() throws {
        let harness = CallHarness()
        _ = try harness.ask("sendDigits", key: "x")
        _ = harness.answer(1)
        _ = harness.update(try Shown.agent())
        #expect(try harness.ask("sendDigits", confirm: true, key: "x") == ["schedule 2 10000", "sync 2"])
        #expect(harness.update(try Shown.agent()) == [])
        #expect(harness.synced(2).count == 2)
    }

    @Test("a repetition with confirm checks the newest agent, then asks for a snapshot and waits")
    func confirmedLater() throws {
        let harness = CallHarness()
        _ = harness.update(try Shown.agent(contacts: Shown.contact("connected")))
        _ = try harness.ask(key: "x")
        _ = harness.answer(1)
        #expect(try harness.ask(confirm: true, key: "x") == ["schedule 2 10000", "sync 2"])
        #expect(harness.synced(2) == [])
        #expect(harness.update(try Shown.agent(contacts: Shown.contact("connected", customer: "hold"))).count == 2)
        let other = CallHarness()
        _ = other.update(try Shown.agent(contacts: Shown.contact("connected")))
        _ = try other.ask(key: "x")
        _ = other.answer(1)
        _ = other.update(try Shown.agent(contacts: Shown.contact("connected", customer: "hold")))
        #expect(try other.ask(confirm: true, key: "x") == [#"p1 {"status":"confirmed","data":{},"clock":"e:2"}"#])
    }
}
