// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Synchronization

/// The instance's time: starts at the system time and runs `speed` times as fast as real time.
final class VirtualClock: Sendable {
    private struct State {
        /// The virtual time at `start`, epoch seconds.
        var epoch: Double
        var start: ContinuousClock.Instant
        /// Virtual seconds per real second.
        var speed: Double

        var now: Double { epoch + start.duration(to: .now) / .seconds(1) * speed }
    }

    private let state: Mutex<State>

    init(speed: Double) {
        state = Mutex(State(epoch: Date.now.timeIntervalSince1970, start: .now, speed: speed))
    }

    /// Epoch seconds.
    var now: Double { state.withLock { $0.now } }

    /// The system's time minus the virtual time, seconds.
    var lag: Double { Date.now.timeIntervalSince1970 - now }

    /// Continues at another speed.
    func run(at speed: Double) {
        state.withLock { $0 = State(epoch: $0.now, start: .now, speed: speed) }
    }

    /// The real time until the virtual `time` (epoch seconds); zero if it has passed.
    func wait(until time: Double) -> Duration {
        state.withLock { .seconds(max(0, time - $0.now) / $0.speed) }
    }
}
