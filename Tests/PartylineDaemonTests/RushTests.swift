import CLinux
import Glibc
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import PartylineDaemon

@Suite("How the event loop is scheduled")
struct RushTests {
    /// Turns of the loop, each so many milliseconds after the one before, with new lines and ports; and then: is it a rush?
    typealias Turn = (after: UInt64, lines: Int, ports: Int, isRush: Bool)

    @Test(
        "many lines with much to be told begin a rush, and it is over with few",
        arguments: [
            // Programs that say what they can; then nothing, and one line.
            [(10, 10, 500, true), (20, 900, 11, true), (60, 1, 11, false)],
            // A line every ten milliseconds is none, to however many ports.
            [(10, 1, 1000, false), (10, 1, 1000, false), (10, 1, 1000, false), (10, 1, 1000, false)],
            // Nor are a snapshot's four lines after a turn that told nothing, nor many lines for few.
            [(10, 0, 200, false), (3, 4, 200, false), (7, 0, 200, false), (50, 0, 200, false)],
            [(10, 200, 2, false), (10, 249, 2, false), (10, 250, 2, true)],
            // Less than the window is not judged, but counted.
            [(10, 0, 200, false), (4, 3, 200, false), (4, 2, 200, false), (2, 0, 200, true)],
            [(10, 450, 11, true), (9, 1, 11, true), (1, 1, 11, false)],
            // Of both there has to be enough; what would not begin a rush does not end it.
            [(10, 4, 1000, false), (10, 5, 1000, true), (10, 3, 1000, true), (10, 2, 1000, false)],
            [(10, 10, 49, false), (10, 10, 50, true), (10, 10, 25, true), (10, 10, 24, false)],
        ] as [[Turn]])
    func rush(_ turns: [Turn]) {
        var rush = Rush()
        var now: UInt64 = 5_000_000_000
        _ = rush.told(lines: 0, ports: 0, at: now)
        for turn in turns {
            now += turn.after * 1_000_000
            let wasOn = rush.isOn
            #expect(rush.told(lines: turn.lines, ports: turn.ports, at: now) == (rush.isOn != wasOn))
            #expect(rush.isOn == turn.isRush, "\(turn)")
        }
    }

    private static let batch = clinux_sched_batch

    /// The policy of a thread at the beginning, and after each second, in which so many lines were told to ten ports. Before
    /// the third somebody may choose another.
    @Test(
        "in a rush the loop waits for its turn, unless somebody chose how it is scheduled",
        arguments: [
            (SCHED_OTHER, nil, [SCHED_OTHER, batch, batch, SCHED_OTHER, batch]),
            (batch, nil, [batch, batch, batch, batch, batch]),
            (SCHED_OTHER, SCHED_OTHER, [SCHED_OTHER, batch, SCHED_OTHER, SCHED_OTHER, SCHED_OTHER]),
        ] as [(CInt, CInt?, [CInt])])
    func policy(_ first: CInt, _ chosen: CInt?, _ expected: [CInt]) throws {
        // A thread of its own, for that is what has a policy.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let seen = Result { try group.next().submit { try Self.policies(first, chosen) }.wait() }
        try group.syncShutdownGracefully()
        #expect(try seen.get() == expected)
    }

    private static func policies(_ first: CInt, _ chosen: CInt?) throws -> [CInt] {
        try setPolicy(first)
        var scheduling = LoopScheduling(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return try zip(1..., [10, 100_000, 3000, 10, 100_000]).map { second, lines in
            if second == 3, let chosen { try setPolicy(chosen) }
            scheduling.told(lines: lines, ports: 10, at: .uptimeNanoseconds(5_000_000_000) + .seconds(Int64(second)))
            return sched_getscheduler(0)
        }
    }

    private static func setPolicy(_ policy: CInt) throws {
        var parameters = sched_param()
        guard sched_setscheduler(0, policy, &parameters) == 0 else {
            throw IOError(errnoCode: errno, reason: "sched_setscheduler")
        }
    }
}
