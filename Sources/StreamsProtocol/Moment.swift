/// What time it is, in both senses; whoever owns the clock says it with every event.
public struct Moment: Equatable, Sendable {
    /// Milliseconds since 1970: what people and the service mean by time. It may jump.
    public let wall: Int64
    /// Milliseconds since some fixed instant, never backwards: what durations are measured with.
    public let uptime: Int64

    public init(wall: Int64, uptime: Int64) {
        self.wall = wall
        self.uptime = uptime
    }
}
