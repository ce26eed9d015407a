// SPDX-License-Identifier: Apache-2.0

/// What a port may do. Each role includes the ones before it.
public enum Role: String, Sendable, CaseIterable, Comparable {
    /// State events and the daemon's status, for lights and status bars.
    case presence
    /// All events and read requests, but no actions.
    case observer
    /// API requests, broadcasts, the websocket.
    case `operator`
    /// The session itself: configure, terminate, reload.
    case admin

    public static func < (left: Role, right: Role) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
