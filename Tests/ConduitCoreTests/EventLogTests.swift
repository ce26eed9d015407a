import Testing

@testable import ConduitCore

@Suite("The bounded log")
struct EventLogTests {
    @Test("positions count up from one")
    func positions() {
        var log = EventLog(limits: EventLog.Limits(bytes: 100, lines: 10))
        #expect(log.first == 1 && log.end == 1 && log.count == 0)
        #expect(log.append("a", size: 7) == 1)
        #expect(log.append("b", size: 8) == 2)
        #expect(log.first == 1 && log.end == 3 && log.count == 2 && log.bytes == 15)
        #expect(log.size(of: 1) == 7)
        #expect(log.size(of: 2) == 8)
        #expect(log.size(of: 0) == nil)
        #expect(log.size(of: 3) == nil)
    }

    @Test("the oldest lines go when there are too many")
    func lines() {
        var log = EventLog(limits: EventLog.Limits(bytes: 1_000, lines: 3))
        for size in 1...5 { _ = log.append("a", size: size) }
        #expect(log.first == 3 && log.end == 6 && log.count == 3 && log.bytes == 12)
        #expect(log.size(of: 2) == nil)
        #expect(log.size(of: 3) == 3)
    }

    @Test("or too many bytes: as many as it takes, to the byte")
    func bytes() {
        var log = EventLog(limits: EventLog.Limits(bytes: 10, lines: 100))
        for _ in 0..<5 { _ = log.append("a", size: 2) }
        #expect(log.first == 1 && log.bytes == 10)
        _ = log.append("a", size: 1)
        #expect(log.first == 2 && log.bytes == 9)
        _ = log.append("a", size: 8)
        #expect(log.first == 6 && log.bytes == 9 && log.count == 2)
    }

    @Test("one line is always kept, however long")
    func overLong() {
        var log = EventLog(limits: EventLog.Limits(bytes: 10, lines: 1))
        #expect(log.append("a", size: 500) == 1)
        #expect(log.first == 1 && log.count == 1 && log.bytes == 500)
        #expect(log.append("b", size: 3) == 2)
        #expect(log.first == 2 && log.count == 1 && log.bytes == 3)
    }

    @Test("the hand is told which lines it may forget")
    func discard() {
        let harness = ConduitHarness { $0.logLines = 2 }
        _ = harness.handle(.publish("a", nil))
        #expect(harness.handle(.publish("b", nil)) == [.append(2, Array("{\"event\":\"b\"}\n".utf8))])
        #expect(
            harness.handle(.publish("c", nil)) == [
                .append(3, Array("{\"event\":\"c\"}\n".utf8)), .discard(before: 2),
            ])
        #expect(harness.lines.keys.sorted() == [2, 3])
    }
}
