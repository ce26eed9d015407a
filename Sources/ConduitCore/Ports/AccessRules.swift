public import StreamsProtocol

/// One rule of access: whom it is about, and what they may do.
public struct AccessRule: Equatable, Sendable {
    /// Whom a rule is about. Names have become numbers already; the kernel knows no names.
    public enum Subject: Equatable, Sendable {
        case user(UInt32)
        /// The members of a group, be it their first or one of the others.
        case group(UInt32)
        case everyone
    }

    /// Whom it is about.
    public let subject: Subject
    /// What they may do.
    public let role: Role

    public init(_ subject: Subject, _ role: Role) {
        self.subject = subject
        self.role = role
    }

    /// True if the rule is about this peer.
    func matches(_ peer: Peer) -> Bool {
        switch subject {
        case .user(let uid): peer.uid == uid
        case .group(let gid): peer.groups.contains(gid)
        case .everyone: true
        }
    }
}

/// Who gets which role: the first rule that matches; after them root and the daemon's user are admin, and everyone else
/// is refused.
public struct AccessRules: Equatable, Sendable {
    /// The daemon's own user.
    public let ownUid: UInt32
    /// The configured rules, in their order.
    public let rules: [AccessRule]

    /// Rules before the default one.
    public init(ownUid: UInt32, rules: [AccessRule] = []) {
        self.ownUid = ownUid
        self.rules = rules
    }

    /// The role of a peer, or nil if it is refused. A rule may narrow root and the daemon's user, too.
    public func role(of peer: Peer) -> Role? {
        if let rule = rules.first(where: { $0.matches(peer) }) { return rule.role }
        return peer.uid == 0 || peer.uid == ownUid ? .admin : nil
    }

    /// False if nobody can be admin: the rules cannot be reloaded then but by a signal.
    ///
    /// Who is in a group is known only of those who connect, so a rule for a group is taken to leave others out.
    public var hasAdmin: Bool {
        var seen: [AccessRule.Subject] = []
        for rule in rules {
            if rule.role == .admin, !seen.contains(rule.subject) { return true }
            if rule.subject == .everyone { return false }
            seen.append(rule.subject)
        }
        return !seen.contains(.user(0)) || !seen.contains(.user(ownUid))
    }

    /// What a peer without a role is told: what happened, and each way out of it.
    public func refusal(of peer: Peer) -> ProtocolError {
        ProtocolError(
            .notPermitted, "user \(peer.uid) may not use this daemon, which belongs to user \(ownUid)",
            hint: "run the program as user \(ownUid) (sudo -u '#\(ownUid)' …), or start a partylined of your own: "
                + "systemctl --user start partyline; or have user \(ownUid) add \"uid=\(peer.uid) observer\" to "
                + "access.rules (or operator, if the program is to act) and run: partyline reload "
                + "(or systemctl --user reload partyline)")
    }
}
