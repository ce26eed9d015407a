// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import PartylineDaemon

@Suite("Timers that count the time asleep")
struct DeadlineTests {
    /// What fires at that time, as the loop would fire it.
    private func fire(_ deadlines: inout Deadlines<String>, at now: Int64) -> [String] {
        deadlines.fired(at: now).filter { deadlines.take($0.name, order: $0.order) }.map(\.name)
    }

    @Test("the timer is set for the earliest deadline only")
    func setting() {
        var deadlines = Deadlines<String>()
        #expect(deadlines.schedule("a", at: 100) == 100)
        #expect(deadlines.schedule("b", at: 200) == nil)
        #expect(deadlines.schedule("c", at: 50) == 50)
        deadlines.cancel("c")
        #expect(fire(&deadlines, at: 50) == [])
        #expect(deadlines.nextTimer() == 100)
        #expect(deadlines.nextTimer() == nil)
    }

    @Test("after a sleep, everything due fires at once, in the order of the deadlines")
    func asleep() {
        var deadlines = Deadlines<String>()
        _ = deadlines.schedule("late", at: 3_000)
        _ = deadlines.schedule("early", at: 1_000)
        _ = deadlines.schedule("tomorrow", at: 90_000_000)
        _ = deadlines.schedule("same", at: 3_000)
        #expect(fire(&deadlines, at: 28_800_000) == ["early", "late", "same"])
        #expect(deadlines.nextTimer() == 90_000_000)
    }

    @Test("a name that was cancelled or scheduled again meanwhile does not fire")
    func changed() {
        var deadlines = Deadlines<String>()
        for name in ["a", "b", "c"] { _ = deadlines.schedule(name, at: 10) }
        let due = deadlines.fired(at: 10)
        deadlines.cancel("b")
        _ = deadlines.schedule("c", at: 10)
        #expect(due.map { deadlines.take($0.name, order: $0.order) } == [true, false, false])
        #expect(fire(&deadlines, at: 10) == ["c"])
    }

    @Test("a name that schedules itself again when it fires does not delay the others")
    func repeating() {
        var deadlines = Deadlines<String>()
        _ = deadlines.schedule("a", at: 100)
        _ = deadlines.schedule("b", at: 200)
        #expect(fire(&deadlines, at: 100) == ["a"])
        #expect(deadlines.schedule("a", at: 60_000) == 60_000)
        #expect(deadlines.nextTimer() == 200)
        #expect(fire(&deadlines, at: 200) == ["b"])
        #expect(deadlines.nextTimer() == 60_000)
    }

    @Test("the kernel's timer runs on CLOCK_BOOTTIME")
    func clock() throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { try? group.syncShutdownGracefully() }
        let loop = group.next()
        let fired = loop.makePromise(of: Void.self)
        let clocks = try loop.submit {
            let before = Self.timerClocks
            let timers = try LoopTimers<String>(loop: loop) { _ in fired.succeed() }
            timers.schedule("a", after: 1)
            let found = Self.timerClocks.subtracting(before)
            let bound = NIOLoopBound(timers, eventLoop: loop)
            fired.futureResult.whenComplete { _ in bound.value.end() }
            return found
        }.wait()
        // Event loops of tests that run beside this one may have begun meanwhile; their timers are on CLOCK_MONOTONIC.
        #expect(clocks.map(\.clock).filter { $0 != Int(CLOCK_MONOTONIC) } == [Int(CLOCK_BOOTTIME)])
        try fired.futureResult.wait()
    }

    private struct TimerClock: Hashable {
        let descriptor: String
        let clock: Int
    }

    /// The clock of each timerfd of this process (proc(5)).
    private static var timerClocks: Set<TimerClock> {
        var clocks: Set<TimerClock> = []
        for number in 0..<256 {
            guard let file = fopen("/proc/self/fdinfo/\(number)", "r") else { continue }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 256)
            while fgets(&line, CInt(line.count), file) != nil {
                let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                guard text.hasPrefix("clockid: "), let clock = Int(text.dropFirst(9).dropLast()) else { continue }
                clocks.insert(TimerClock(descriptor: "\(number)", clock: clock))
            }
        }
        return clocks
    }
}
