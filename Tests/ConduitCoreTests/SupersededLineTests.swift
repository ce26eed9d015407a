// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import ConduitCore

@Suite("Superseded lines of the event log")
struct SupersededLineTests {
    @Test("superseded lines have a limit of their own and never push out events")
    func room() {
        var log = EventLog(bytes: 100, lines: 100, supersededBytes: 10)
        #expect(log.event(100) == [])
        #expect(log.metric(5) == [] && log.metric(5) == [])
        #expect(log.metric(9) == [2, 3])
        #expect(log.metric(50) == [4])
        #expect(log.bytes == 100 && log.count == 1 && log.supersededBytes == 50 && log.lastDropped == 0)
        #expect(log.entry(at: 1) != nil && log.entry(at: 4) == nil && log.entry(at: 5)?.size == 50)
    }

    @Test("the limit is an eighth of the events' number, at least 1", arguments: [(80, 10), (8, 1), (1, 1)])
    func count(lines: Int, superseded: Int) {
        var log = EventLog(bytes: 1_000, lines: lines, supersededBytes: 1_000)
        for _ in 0..<superseded { #expect(log.metric(1) == []) }
        #expect(log.metric(1) == [1])
    }

    @Test("an event that pushes out events also pushes out the superseded lines between them")
    func along() {
        var log = EventLog(bytes: 20, lines: 100)
        for _ in 0..<2 {
            _ = log.metric(1)
            _ = log.event(10)
        }
        _ = log.metric(1)
        #expect(log.event(10) == [1, 2])
        #expect(log.first == 3 && log.lastDropped == 2 && log.lastLost == 1 && log.supersededBytes == 2)
        #expect(log.event(10) == [3, 4])
        #expect(log.first == 5 && log.lastLost == 3 && log.supersededBytes == 1)
    }

    @Test("a superseded line has the clock of the newest event before it")
    func clocks() {
        var log = EventLog(bytes: 100, lines: 100)
        _ = log.metric(1)
        _ = log.event(1)
        _ = log.metric(1)
        _ = log.metric(1)
        _ = log.event(1)
        #expect(log.entries.map(\.position) == [1, 2, 3, 4, 5])
        #expect(log.entries.map(\.clock) == [0, 2, 2, 2, 5])
        #expect(log.lastEvent == 5)
    }

    @Test("lastDropped is the last dropped event, lastLost the last dropped line except older agents")
    func losses() {
        var log = EventLog(bytes: 100, lines: 16)
        _ = log.update(1)
        _ = log.update(1)
        #expect(log.update(1) == [1])
        #expect(log.lastLost == 0 && log.lastDropped == 0)
        #expect(log.metric(1) == [2])
        #expect(log.lastLost == 0)
        #expect(log.metric(1) == [4])
        #expect(log.lastLost == 4 && log.lastDropped == 0)
    }

    @Test("the newest agent and the newest line are kept at any limit")
    func newest() {
        var log = EventLog(bytes: 100, lines: 1, supersededBytes: 1)
        #expect(log.update(50) == [])
        #expect(log.metric(50) == [])
        #expect(log.metric(50) == [2])
        #expect(log.update(50) == [1, 3])
        #expect(log.metric(1) == [] && log.entry(at: 4) != nil && log.supersededBytes == 51)
        #expect(log.event(100) == [] && log.event(1) == [4, 5, 6])
        #expect(log.supersededBytes == 0 && log.metric(1) == [] && log.metric(1) == [8])
    }

    @Test("a dropped line in the middle is not found, its neighbours are")
    func holes() {
        var log = EventLog(bytes: 100, lines: 16)
        _ = log.event(1)
        for _ in 0..<4 { _ = log.metric(1) }
        _ = log.event(1)
        #expect(log.entries.map(\.isGone) == [false, true, true, false, false, false])
        #expect(log.entry(at: 2) == nil && log.entry(at: 3) == nil && log.entry(at: 4) != nil)
        #expect((0...8).map { log.index(from: $0) } == [0, 0, 1, 2, 3, 4, 5, 6, 6])
    }

    @Test("many gaps are compacted, so that they do not accumulate without new events")
    func packed() {
        var log = EventLog(bytes: 1_000_000, lines: 80, supersededBytes: 1_000_000)
        _ = log.event(1)
        for _ in 0..<10_000 {
            _ = log.metric(1)
            #expect(log.entries.count <= 1_024 + 11 + 1)
        }
        #expect(log.supersededBytes == 10 && log.count == 1 && log.end == 10_002)
        #expect(log.entry(at: 1)?.size == 1)
        #expect((9_992...10_001).allSatisfy { log.entry(at: $0) != nil } && log.entry(at: 9_991) == nil)
        #expect(log.entries[log.index(from: 2)...].first { !$0.isGone }?.position == 9_992)
    }
}
