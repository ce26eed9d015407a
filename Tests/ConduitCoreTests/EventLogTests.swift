// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("The event log")
struct EventLogTests {
    @Test("positions count up from 1")
    func positions() {
        var log = EventLog(bytes: 100, lines: 10)
        #expect(log.first == 1 && log.end == 1 && log.count == 0 && log.lastEvent == 0)
        #expect(log.event(7) == [])
        #expect(log.event(8) == [])
        #expect(log.first == 1 && log.end == 3 && log.count == 2 && log.bytes == 15 && log.lastEvent == 2)
        #expect(log.entry(at: 1)?.size == 7)
        #expect(log.entry(at: 2)?.size == 8)
        #expect(log.entry(at: 0) == nil && log.entry(at: 3) == nil)
    }

    @Test("a log that starts at a position has nothing before it")
    func later() {
        var log = EventLog(bytes: 100, lines: 10, next: 50)
        #expect(log.first == 50 && log.end == 50 && log.lastEvent == 49 && log.lastDropped == 49)
        #expect(log.event(1) == [])
        #expect(log.entry(at: 50)?.clock == 50)
        #expect(EventLog(bytes: 1, lines: 1, next: 0).end == 1)
    }

    @Test("too many lines → the oldest events are dropped")
    func lines() {
        var log = EventLog(bytes: 1_000, lines: 3)
        #expect((1...5).flatMap { log.event($0) } == [1, 2])
        #expect(log.first == 3 && log.end == 6 && log.count == 3 && log.bytes == 12 && log.lastDropped == 2)
        #expect(log.entry(at: 2) == nil)
        #expect(log.entry(at: 3)?.size == 3)
    }

    @Test("too many bytes → as few of the oldest events as possible are dropped")
    func bytes() {
        var log = EventLog(bytes: 10, lines: 100)
        for _ in 0..<5 { #expect(log.event(2) == []) }
        #expect(log.first == 1 && log.bytes == 10 && log.lastDropped == 0)
        #expect(log.event(1) == [1])
        #expect(log.first == 2 && log.bytes == 9)
        #expect(log.event(8) == [2, 3, 4, 5])
        #expect(log.first == 6 && log.bytes == 9 && log.count == 2)
    }

    @Test("the newest event is kept even if it is above the limit")
    func overLong() {
        var log = EventLog(bytes: 10, lines: 1)
        #expect(log.event(500) == [])
        #expect(log.first == 1 && log.count == 1 && log.bytes == 500)
        #expect(log.event(3) == [1])
        #expect(log.first == 2 && log.count == 1 && log.bytes == 3)
    }

    @Test("lower limits apply from the next event on")
    func narrower() {
        var log = EventLog(bytes: 1_000, lines: 100)
        for _ in 0..<10 { _ = log.event(10) }
        log.limits = EventLog.Limits(bytes: 1_000, lines: 2, supersededBytes: 1_000)
        #expect(log.count == 10)
        #expect(log.event(10) == Array(1...9))
        #expect(log.count == 2)
    }

    @Test("a dropped line frees its bytes, even behind a kept line")
    func bodies() {
        var log = EventLog(bytes: 100, lines: 8)
        _ = log.event(1)
        _ = log.metric(5)
        _ = log.metric(6)
        #expect(log.entries.map { $0.body?.bytes.count } == [1, nil, 6])
    }

    @Test("the newest agent::update survives its entry, until forgetAgent")
    func agentUpdate() {
        var log = EventLog(bytes: 10, lines: 10)
        _ = log.update(4)
        _ = log.event(6)
        #expect(log.event(9) == [1, 2])
        #expect(log.agentUpdate?.position == 1 && log.agentUpdate?.body?.bytes.count == 4)
        _ = log.update(5)
        #expect(log.agentUpdate?.position == 4)
        log.forgetAgent()
        #expect(log.agentUpdate == nil && log.entry(at: 4) != nil)
    }
}

@Suite("Restored event logs")
struct RestoredLogTests {
    @Test("restored events keep their positions; nothing before the floor counts as kept")
    func restore() {
        var log = EventLog(bytes: 100, lines: 100, next: 20, floor: 9)
        #expect([11, 12, 17].flatMap { log.restore(3, at: $0) } == [])
        #expect(log.entries.map(\.position) == [11, 12, 17] && log.entries.map(\.clock) == [11, 12, 17])
        #expect(log.end == 20 && log.first == 11 && log.lastDropped == 8 && log.lastEvent == 19 && log.bytes == 9)
        #expect(log.event(1) == [])
        #expect(log.entries.last?.position == 20)
    }

    @Test("the floor is clamped to the log", arguments: [(nil, 19), (0, 0), (1, 0), (20, 19), (21, 19), (.max, 19)])
    func floor(floor: LogPosition?, dropped: LogPosition) {
        let log = EventLog(bytes: 1, lines: 1, next: 20, floor: floor)
        #expect(log.lastDropped == dropped && log.end == 20)
    }

    @Test(
        "an event out of order or beyond the end is not restored", arguments: [(12, 12), (12, 5), (12, 20), (12, 21)])
    func order(first: LogPosition, second: LogPosition) {
        var log = EventLog(bytes: 100, lines: 100, next: 20)
        #expect(log.restore(1, at: first) == [])
        #expect(log.restore(1, at: second) == [])
        #expect(log.entries.map(\.position) == [first])
    }

    @Test("restored events above the limits → the newest are kept")
    func bounds() {
        var log = EventLog(bytes: 100, lines: 2, next: 20)
        #expect([11, 12, 17, 19].flatMap { log.restore(1, at: $0) } == [11, 12])
        #expect(log.first == 17 && log.lastDropped == 12 && log.count == 2)
    }
}

extension EventLog {
    init(
        bytes: Int, lines: Int, supersededBytes: Int = 1_000, next: LogPosition = 1, floor: LogPosition? = nil
    ) {
        let limits = Limits(bytes: bytes, lines: lines, supersededBytes: supersededBytes)
        self.init(limits: limits, next: next, floor: floor)
    }

    /// Appends an entry and returns the positions that were dropped, like the functions below.
    mutating func event(_ size: Int) -> [LogPosition] { appended(Entry("a", size: size, time: 0)) }

    mutating func metric(_ size: Int) -> [LogPosition] {
        appended(Entry(EventName.apiMetric, size: size, isSuperseded: true, time: 0))
    }

    mutating func update(_ size: Int) -> [LogPosition] {
        appended(Entry(EventName.agentUpdate, size: size, isSuperseded: true, time: 0))
    }

    mutating func restore(_ size: Int, at position: LogPosition) -> [LogPosition] {
        let before = places
        restore(Entry("a", size: size, time: 0), at: position)
        return before.filter { !places.contains($0) }
    }

    private mutating func appended(_ entry: Entry) -> [LogPosition] {
        let before = places
        append(entry)
        return before.filter { !places.contains($0) }
    }

    private var places: [LogPosition] { entries.filter { !$0.isGone }.map(\.position) }
}

extension EventLog.Entry {
    /// An entry with a body of `size` bytes.
    init(
        _ name: String, size: Int, isSuperseded: Bool = false, audience: EventLog.Audience = .everyone,
        contactId: String? = nil, from: String? = nil, time: Int64 = 0
    ) {
        let body = LineBody(of: [UInt8](repeating: 0x61, count: size) + Array("}\n".utf8))
        self.init(
            name, body, isSuperseded: isSuperseded, audience: audience, contactId: contactId, from: from, time: time)
    }
}
