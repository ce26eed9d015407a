// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The real-time clock, for people and for comparison with the daemon's timestamps.
package enum WallClock {
    /// Milliseconds since 1970.
    package static var milliseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
