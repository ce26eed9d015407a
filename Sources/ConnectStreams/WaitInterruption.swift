// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A descriptor that ends a wait for the daemon.
public struct WaitInterruption: Sendable {
    let descriptor: Int32
    let events: Int16

    /// Ends the wait when the descriptor is readable, for example a pipe that a signal handler writes to.
    public static func readable(_ descriptor: Int32) -> WaitInterruption {
        WaitInterruption(descriptor: descriptor, events: Int16(POLLIN))
    }

    /// Ends the wait when the reader of an output is gone. poll(2) reports that without being asked.
    public static func readerGone(_ descriptor: Int32) -> WaitInterruption {
        WaitInterruption(descriptor: descriptor, events: 0)
    }

    /// poll(2) ignores a negative descriptor.
    static func entry(_ interruption: WaitInterruption?) -> pollfd {
        pollfd(fd: interruption?.descriptor ?? -1, events: interruption?.events ?? 0, revents: 0)
    }
}
