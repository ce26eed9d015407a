// SPDX-License-Identifier: Apache-2.0
public import StreamsProtocol

/// An access rule: the users it applies to, and their role.
public struct AccessRule: Equatable, Sendable {
    /// The users a rule applies to. User and group names are already resolved to ids, because the kernel reports ids.
    public enum Subject: Equatable, Sendable {
        case user(UInt32)
        /// The members of a group, primary or supplementary.
        case group(UInt32)
        case everyone
    }

    public let subject: Subject
    public let role: Role

    public init(_ subject: Subject, _ role: Role) {
        self.subject = subject
        self.role = role
    }

    func matches(_ peer: Peer) -> Bool {
        switch subject {
        case .user(let uid): peer.uid == uid
        case .group(let gid): peer.groups.contains(gid)
        case .everyone: true
        }
    }
}

/// Assigns roles to peers. The first rule that matches decides; if none matches, root and the daemon's own user are
/// admin, and everyone else is refused.
public struct AccessRules: Equatable, Sendable {
    /// The daemon's own user id.
    public let ownUid: UInt32
    /// The configured rules, in order.
    public let rules: [AccessRule]

    public init(ownUid: UInt32, rules: [AccessRule] = []) {
        self.ownUid = ownUid
        self.rules = rules
    }

    /// The role of a peer, or nil if it is refused. A rule can also restrict root and the daemon's user.
    public func role(of peer: Peer) -> Role? {
        if let rule = rules.first(where: { $0.matches(peer) }) { return rule.role }
        return peer.uid == 0 || peer.uid == ownUid ? .admin : nil
    }

    /// False if no user can be admin: then only a signal can reload the rules.
    ///
    /// A user's groups are only known once the user connects, so a user is assumed not to be in the group of an
    /// earlier rule.
    public var hasAdmin: Bool {
        var seen: [AccessRule.Subject] = []
        for rule in rules {
            if rule.role == .admin, !seen.contains(rule.subject) { return true }
            if rule.subject == .everyone { return false }
            seen.append(rule.subject)
        }
        return !seen.contains(.user(0)) || !seen.contains(.user(ownUid))
    }

    /// The error for a peer without a role. The hint lists every way to get access.
    public func refusal(of peer: Peer) -> ProtocolError {
        ProtocolError(
            .notPermitted, "user \(peer.uid) may not use this daemon, which belongs to user \(ownUid)",
            hint: "run the program as user \(ownUid) (sudo -u '#\(ownUid)' …), or start a partylined of your own: "
                + "systemctl --user start partyline; or have user \(ownUid) add \"uid=\(peer.uid) observer\" to "
                + "access.rules (or operator, if the program is to act) and run: partyline reload "
                + "(or systemctl --user reload partyline)")
    }
}
