// SPDX-License-Identifier: Apache-2.0

/// A point in time on two clocks. The owner of the clocks passes one with every event.
public struct Moment: Equatable, Sendable {
    /// Milliseconds since 1970, for timestamps. It may jump.
    public let wall: Int64
    /// Milliseconds since a fixed instant, for durations. It never goes backwards.
    public let uptime: Int64

    public init(wall: Int64, uptime: Int64) {
        self.wall = wall
        self.uptime = uptime
    }
}
