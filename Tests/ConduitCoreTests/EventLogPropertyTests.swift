// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import ConduitCore

/// A model of the log: a plain list, searched from end to end each time.
private struct PlainLog {
    struct Line: Equatable {
        let position: LogPosition
        let clock: LogPosition
        let size: Int
        let isSuperseded: Bool
        let isUpdate: Bool
    }

    var limits: EventLog.Limits
    var lines: [Line] = []
    var end: LogPosition = 1
    var lastEvent: LogPosition = 0
    var lastDropped: LogPosition = 0
    var lastLost: LogPosition = 0

    mutating func append(_ size: Int, isSuperseded: Bool, isUpdate: Bool) {
        if !isSuperseded { lastEvent = end }
        lines.append(
            Line(position: end, clock: lastEvent, size: size, isSuperseded: isSuperseded, isUpdate: isUpdate))
        end += 1
        isSuperseded ? trimSuperseded() : trimEvents()
    }

    private func isOver(_ isSuperseded: Bool, _ bytes: Int, _ count: Int) -> Bool {
        let all = lines.filter { $0.isSuperseded == isSuperseded }
        return all.count > 1 && (all.reduce(0) { $0 + $1.size } > bytes || all.count > count)
    }

    private mutating func trimEvents() {
        while isOver(false, limits.bytes, limits.lines) { drop(0) }
    }

    /// Drops the oldest first, but neither the newest agent nor the newest line.
    private mutating func trimSuperseded() {
        let newest = lines.last(where: \.isUpdate)
        while isOver(true, limits.supersededBytes, max(1, limits.lines / 8)),
            let oldest = lines.dropLast().firstIndex(where: { $0.isSuperseded && $0 != newest })
        {
            drop(oldest)
        }
    }

    private mutating func drop(_ index: Int) {
        let line = lines.remove(at: index)
        if !line.isSuperseded {
            lastDropped = line.position
        } else if !line.isUpdate {
            lastLost = max(lastLost, line.position)
        }
    }
}

@Suite("Random event logs")
struct EventLogPropertyTests {
    @Test("a log equals a plain list", arguments: 1...100 as ClosedRange<UInt64>)
    func model(seed: UInt64) {
        var dice = Dice(seed: seed)
        var plain = PlainLog(limits: Self.limits(&dice))
        var log = EventLog(limits: plain.limits)
        for step in 0..<200 {
            if dice.chance(40) {
                plain.limits = Self.limits(&dice)
                log.limits = plain.limits
            }
            let isSuperseded = dice.chance(2)
            let isUpdate = isSuperseded && dice.chance(2)
            let size = dice.chance(20) ? 300 : 1 + dice.below(20)
            let name = isUpdate ? EventName.agentUpdate : "a"
            let entry = EventLog.Entry(name, size: size, isSuperseded: isSuperseded, time: 0)
            log.append(entry)
            plain.append(size, isSuperseded: isSuperseded, isUpdate: isUpdate)
            guard isSame(log, plain, &dice) else {
                Issue.record("seed \(seed), step \(step)")
                return
            }
        }
    }

    private static func limits(_ dice: inout Dice) -> EventLog.Limits {
        EventLog.Limits(
            bytes: 1 + dice.below(300), lines: 1 + dice.below(40), supersededBytes: 1 + dice.below(60))
    }

    private func isSame(_ log: EventLog, _ plain: PlainLog, _ dice: inout Dice) -> Bool {
        let there = log.entries.filter { !$0.isGone }
        let place = LogPosition(dice.below(Int(log.end) + 2))
        let next = log.entries[log.index(from: place)...].first { !$0.isGone }
        return there.map(\.position) == plain.lines.map(\.position) && there.map(\.clock) == plain.lines.map(\.clock)
            && log.entries.map(\.position) == log.entries.map(\.position).sorted()
            && next?.position == plain.lines.first { $0.position >= place }?.position
            && log.entry(at: place)?.size == plain.lines.first { $0.position == place }?.size
            && log.end == plain.end && log.lastEvent == plain.lastEvent && log.lastDropped == plain.lastDropped
            && log.lastLost == plain.lastLost && log.count == plain.lines.count { !$0.isSuperseded }
            && log.bytes == plain.lines.reduce(0) { $0 + ($1.isSuperseded ? 0 : $1.size) }
            && log.supersededBytes == plain.lines.reduce(0) { $0 + ($1.isSuperseded ? $1.size : 0) }
    }
}
