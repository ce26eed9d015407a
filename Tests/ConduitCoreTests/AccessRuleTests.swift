// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@testable import ConduitCore

/// Rules, a peer, and the role that it gets. The daemon's own user is 1000.
struct AccessCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let rules: [AccessRule]
    let uid: UInt32
    let groups: [UInt32]
    let role: Role?

    init(_ what: String, _ rules: [AccessRule], uid: UInt32, groups: [UInt32] = [], _ role: Role?) {
        testDescription = what
        self.rules = rules
        self.uid = uid
        self.groups = groups
        self.role = role
    }

    var peer: Peer { Peer(pid: 42, uid: uid, groups: groups, program: "test") }
}

@Suite("Access rules")
struct AccessRuleTests {
    private static let rules: [AccessRule] = [
        AccessRule(.user(1001), .operator), AccessRule(.group(50), .observer), AccessRule(.group(60), .admin),
        AccessRule(.user(1003), .admin), AccessRule(.everyone, .presence),
    ]

    static let cases: [AccessCase] = [
        AccessCase("without rules the daemon's user is admin", [], uid: 1000, .admin),
        AccessCase("without rules root is admin", [], uid: 0, .admin),
        AccessCase("without rules others are refused", [], uid: 1001, groups: [1000, 0], nil),
        AccessCase("a user's rule", rules, uid: 1001, groups: [1001], .operator),
        AccessCase("a user's rule before a group's", rules, uid: 1001, groups: [60], .operator),
        AccessCase("a first group", rules, uid: 1002, groups: [50], .observer),
        AccessCase("a supplementary group", rules, uid: 1002, groups: [1002, 7, 50], .observer),
        AccessCase("two groups match: the earlier rule decides", rules, uid: 1002, groups: [60, 50], .observer),
        AccessCase("a group's rule before a user's", rules, uid: 1003, groups: [50], .observer),
        AccessCase("a rule for everyone after specific rules", rules, uid: 1004, groups: [1004], .presence),
        AccessCase("a rule for everyone covers the daemon's user, too", rules, uid: 1000, groups: [1000], .presence),
        AccessCase("a rule can restrict root", [AccessRule(.user(0), .observer)], uid: 0, .observer),
        AccessCase("no rule matches: the default applies", [AccessRule(.user(0), .observer)], uid: 1000, .admin),
        AccessCase(
            "a group rule does not match a uid", [AccessRule(.group(1001), .observer)], uid: 1001, groups: [5], nil),
        AccessCase(
            "a user rule does not match a gid", [AccessRule(.user(50), .observer)], uid: 1001, groups: [50], nil),
    ]

    @Test("the first rule that matches decides; without a match the default does", arguments: cases)
    func role(_ example: AccessCase) {
        #expect(AccessRules(ownUid: 1000, rules: example.rules).role(of: example.peer) == example.role)
    }

    @Test(
        "hasAdmin: true if some user can get the role admin",
        arguments: [
            ([], true),
            ([AccessRule(.user(1000), .operator)], true),
            ([AccessRule(.user(0), .operator)], true),
            ([AccessRule(.user(0), .operator), AccessRule(.user(1000), .observer)], false),
            ([AccessRule(.everyone, .operator)], false),
            ([AccessRule(.everyone, .admin)], true),
            ([AccessRule(.user(1000), .admin), AccessRule(.everyone, .presence)], true),
            (
                [
                    AccessRule(.user(1000), .observer), AccessRule(.user(1000), .admin),
                    AccessRule(.everyone, .presence),
                ], false
            ),
            ([AccessRule(.everyone, .presence), AccessRule(.user(1000), .admin)], false),
            ([AccessRule(.group(5), .admin), AccessRule(.everyone, .presence)], true),
            (
                [AccessRule(.group(5), .observer), AccessRule(.group(5), .admin), AccessRule(.everyone, .presence)],
                false
            ),
            ([AccessRule(.group(5), .observer)], true),
        ] as [([AccessRule], Bool)])
    func admin(_ rules: [AccessRule], _ hasAdmin: Bool) {
        #expect(AccessRules(ownUid: 1000, rules: rules).hasAdmin == hasAdmin)
    }

    @Test("a refused user gets three ways to get access, and the exact rule to add")
    func refusal() {
        let error = AccessRules(ownUid: 1000).refusal(of: Peer(pid: 42, uid: 1001, groups: [1001], program: "light"))
        #expect(error.code == .notPermitted)
        #expect(error.message == "user 1001 may not use this daemon, which belongs to user 1000")
        #expect(
            error.hint
                == "run the program as user 1000 (sudo -u '#1000' …), or start a partylined of your own: "
                + "systemctl --user start partyline; or have user 1000 add \"uid=1001 observer\" to access.rules "
                + "(or operator, if the program is to act) and run: partyline reload "
                + "(or systemctl --user reload partyline)")
        #expect(!error.retryable)
    }
}
