// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// The instance's time: starts at the system time and runs `speed` times as fast as real time.
struct VirtualClock: Sendable {
    /// Virtual seconds per real second.
    let speed: Double
    private let epoch: Double
    private let start: ContinuousClock.Instant

    init(speed: Double) {
        self.speed = speed
        epoch = Date.now.timeIntervalSince1970
        start = .now
    }

    /// Epoch seconds.
    var now: Double {
        let elapsed = start.duration(to: .now)
        let (seconds, attoseconds) = elapsed.components
        return epoch + (Double(seconds) + Double(attoseconds) * 1e-18) * speed
    }

    /// The real time until the virtual `time` (epoch seconds); zero if it has passed.
    func wait(until time: Double) -> Duration {
        .seconds(max(0, time - now) / speed)
    }
}
