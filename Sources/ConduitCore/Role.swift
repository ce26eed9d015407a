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

/// Who gets which role.
public struct AccessRules: Equatable, Sendable {
    /// The daemon's own user, who is admin, like root.
    public let ownUid: UInt32

    /// The default rule: root and the daemon's user are admin, nobody else may come in.
    public init(ownUid: UInt32) { self.ownUid = ownUid }

    /// The role of a peer, or nil if it is refused.
    public func role(of peer: Peer) -> Role? {
        peer.uid == 0 || peer.uid == ownUid ? .admin : nil
    }
}
