// SPDX-License-Identifier: Apache-2.0
import Glibc
import StreamsProtocol

/// The machine's clocks. The uptime includes time in suspend (CLOCK_BOOTTIME), so timers that expired during suspend are due
/// at once after it.
enum SystemClock {
    static var now: Moment { Moment(wall: read(CLOCK_REALTIME), uptime: read(CLOCK_BOOTTIME)) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
