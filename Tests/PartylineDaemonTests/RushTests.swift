import CLinux
import Glibc
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import PartylineDaemon

@Suite("How the event loop is scheduled")
struct RushTests {
    /// Turns of the loop, each so many microseconds after the one before, with so many deliveries: is it a rush then?
    @Test(
        "a rush begins with many deliveries a second, and is over with few",
        arguments: [
            // A hundred ports, a hundred lines a second; and two lines that come together.
            ([(10_000, 100), (10_000, 100), (1000, 100), (9000, 100)], [false, false, false, false]),
            // Ten ports, thirty thousand lines a second; then nothing, and one line.
            ([(1000, 10), (2000, 600), (2000, 600), (60_000, 11)], [false, true, true, false]),
            // Less than the window is not judged, but counted.
            (
                [(2000, 0), (400, 200), (400, 200), (400, 200), (400, 200), (400, 200)],
                [false, false, false, false, false, true]
            ),
            // What would not begin one does not end it.
            ([(2000, 100), (2000, 99), (2000, 50), (2000, 49)], [true, true, true, false]),
            ([(2000, 99), (2000, 50)], [false, false]),
        ] as [([(Int64, Int)], [Bool])])
    func rush(_ turns: [(after: Int64, deliveries: Int)], _ expected: [Bool]) {
        var rush = Rush()
        var now = NIODeadline.uptimeNanoseconds(5_000_000_000)
        _ = rush.told(0, at: now)
        for (turn, expected) in zip(turns, expected) {
            now = now + .microseconds(turn.after)
            let wasOn = rush.isOn
            #expect(rush.told(turn.deliveries, at: now) == (rush.isOn != wasOn))
            #expect(rush.isOn == expected, "\(turn)")
        }
    }

    /// What is told, each a second after the one before, and the thread's policy then.
    @Test(
        "in a rush the loop waits for its turn, unless somebody chose how it is scheduled",
        arguments: [
            (SCHED_OTHER, [SCHED_OTHER, clinux_sched_batch, clinux_sched_batch, SCHED_OTHER]),
            (clinux_sched_batch, [clinux_sched_batch, clinux_sched_batch, clinux_sched_batch, clinux_sched_batch]),
        ])
    func policy(_ chosen: CInt, _ expected: [CInt]) async throws {
        // A thread of its own, for that is what has a policy.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let seen = try await group.next().submit {
            var parameters = sched_param()
            guard sched_setscheduler(0, chosen, &parameters) == 0 else {
                throw IOError(errnoCode: errno, reason: "policy")
            }
            var scheduling = LoopScheduling(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            return zip(1..., [100, 1_000_000, 30_000, 100]).map { second, deliveries in
                scheduling.told(deliveries, at: .uptimeNanoseconds(5_000_000_000) + .seconds(Int64(second)))
                return sched_getscheduler(0)
            }
        }.get()
        try await group.shutdownGracefully()
        #expect(seen == expected)
    }
}
