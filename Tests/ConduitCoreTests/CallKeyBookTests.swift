// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Limits of idempotency keys")
struct CallKeyBookTests {
    private var fewKeys: KeyBook.Limits { KeyBook.Limits(keys: 3, bytes: 4000, answerBytes: 1000) }

    @Test("keys are kept for 24 hours")
    func lifetime() throws {
        let harness = CallHarness()
        _ = try harness.ask(key: "x")
        _ = harness.answer(1)
        _ = harness.wait(24 * 3_600_000 - 1)
        #expect(try harness.ask(key: "x").count == 1)
        _ = harness.wait(1)
        #expect(try harness.ask(key: "x").first == "call 3 p1 holdConnection")
    }

    @Test("an agent update removes expired keys, but not those of pending calls")
    func forgetting() throws {
        let harness = CallHarness()
        _ = try harness.ask(deadline: 500, key: "x")
        _ = try harness.ask(key: "y")
        _ = try harness.ask(uid: 7, key: "y")
        _ = harness.answer(2)
        _ = harness.answer(3)
        _ = harness.wait(24 * 3_600_000)
        _ = harness.update(try Shown.agent())
        #expect(harness.keeper.books.count == 1)
        #expect(harness.keeper.books[1000]?.count == 1)
        #expect(harness.keeper.books[1000]?.bytes == 1)
        _ = harness.answer(1)
        _ = harness.update(try Shown.agent())
        #expect(harness.keeper.books.isEmpty)
    }

    @Test("above the limit the user's oldest completed keys are evicted")
    func tooMany() throws {
        let harness = CallHarness(limits: fewKeys)
        for key in ["1", "2", "3"] { _ = try harness.ask(key: key) }
        _ = try harness.ask(uid: 7, key: "1")
        _ = harness.answer(3)
        _ = harness.answer(2)
        _ = harness.answer(4)
        #expect(try harness.ask(key: "4").count == 2)
        #expect(try harness.ask(key: "3").count == 1)
        #expect(try harness.ask(uid: 7, key: "1").count == 1)
        #expect(harness.keeper.books[1000]?.count == 3)
        // "2" was evicted: it is a new call now, and evicts "3".
        #expect(try harness.ask(key: "2").count == 2)
        #expect(harness.keeper.books[1000]?.count == 3)
    }

    @Test("all keys belong to pending calls → too_many, and no call is made")
    func full() throws {
        let harness = CallHarness(limits: fewKeys)
        for key in ["0", "1", "2", "3"] {
            _ = try harness.ask(key: key)
            if key == "0" { _ = harness.answer(1, error: CallHarness.refusal) }
        }
        let text = "user 1000 has 3 calls with an idempotencyKey in progress, which is the limit"
        #expect(try harness.ask(key: "4") == ["p1 too_many (retryable): \(text)"])
        #expect(try harness.ask(key: "1").count == 1)
        #expect(try harness.ask().count == 2)
        _ = harness.answer(2, error: CallHarness.refusal)
        #expect(harness.keeper.books[1000]?.bytes == 2)
        #expect(try harness.ask(key: "4").count == 2)
    }

    @Test("the bytes of kept answers are limited, too")
    func bytes() throws {
        let harness = CallHarness(limits: KeyBook.Limits(keys: 1000, bytes: 20_000, answerBytes: 1000))
        let data = JSON.string(String(repeating: "x", count: 900))
        for number in 1...200 as ClosedRange<UInt64> {
            _ = try harness.ask(key: "key \(number)")
            _ = harness.answer(number, data: data)
            let book = try #require(harness.keeper.books[1000])
            try #require(book.bytes <= 20_000 && book.count >= min(Int(number), 10))
        }
        #expect(try harness.ask(key: "key 200").count == 1)
        #expect(try harness.ask(key: "key 1").count == 2)
    }

    @Test("an answer above the limit is kept without its data: a repetition → conflict")
    func largeAnswer() throws {
        let harness = CallHarness(limits: fewKeys)
        _ = try harness.ask(key: "x")
        #expect(harness.answer(1, data: .string(String(repeating: "x", count: 1000))).count == 2)
        let text = "the call with this idempotencyKey succeeded, but its answer was too large to be kept"
        #expect(try harness.ask(key: "x") == ["p1 conflict: \(text)"])
    }

    @Test("a refused call frees its key")
    func refusals() throws {
        let harness = CallHarness(limits: fewKeys)
        for number in 1...1000 as ClosedRange<UInt64> {
            _ = try harness.ask(key: "\(number)")
            _ = harness.answer(number, error: CallHarness.refusal)
        }
        #expect(harness.isIdle && harness.keeper.books.isEmpty)
    }
}
