/// What a port may do; each role has all that the former has.
public enum Role: String, Sendable, CaseIterable, Comparable {
    /// State events and the daemon's status: lights, status bars.
    case presence
    /// All events and reads, no action.
    case observer
    /// API requests, broadcasts, the websocket.
    case `operator`
    /// The session itself: configure, terminate, reload.
    case admin

    /// By what they may do.
    public static func < (left: Role, right: Role) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
