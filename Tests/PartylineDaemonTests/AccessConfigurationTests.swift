// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import StreamsProtocol
import Testing

@testable import PartylineDaemon

@Suite("Access rules in the configuration")
struct AccessConfigurationTests {
    /// A machine with two users and a group.
    private static let accounts = Accounts(
        user: {
            ["alice": .number(1001), "domain user": .number(1002), "remote": .failed("no answer")][$0] ?? .unknown
        },
        group: { ["crm": .number(2001), "domain users": .number(2002)][$0] ?? .unknown })

    @Test(
        "a rule has a subject and a role; names are resolved to ids",
        arguments: [
            ("user=alice operator", AccessRule(.user(1001), .operator)),
            ("uid=1001 admin", AccessRule(.user(1001), .admin)),
            ("uid=0 observer", AccessRule(.user(0), .observer)),
            ("uid=4294967294 observer", AccessRule(.user(4_294_967_294), .observer)),
            ("group=crm observer", AccessRule(.group(2001), .observer)),
            ("gid=2000 presence", AccessRule(.group(2000), .presence)),
            ("everyone presence", AccessRule(.everyone, .presence)),
            ("  group=domain users \t presence ", AccessRule(.group(2002), .presence)),
            ("user=domain user admin", AccessRule(.user(1002), .admin)),
        ])
    func rule(_ text: String, _ expected: AccessRule) throws {
        #expect(try AccessRuleText.parse(text, accounts: Self.accounts) == expected)
    }

    @Test(
        "a text that is not a rule → an error with the reason",
        arguments: [
            ("", "is not a rule such as user=alice operator"), ("admin", "is not a rule"), ("a b", "ends in \"b\""),
            ("user=bob admin", "names the user bob, which does not exist on this machine: see getent passwd"),
            ("group=alice admin", "names the group alice, which does not exist on this machine: see getent group"),
            ("user=remote admin", "names the user remote, which cannot be looked up now: no answer"),
            ("uid= admin", "begins with \"uid=\""), ("uid=٣ admin", "has no uid from 0 to 4294967294 after uid="),
            ("Everyone admin", "begins with \"Everyone\""),
        ])
    func fault(_ text: String, _ reason: String) {
        let fault = #expect(throws: AccessRuleText.Fault.self) {
            try AccessRuleText.parse(text, accounts: Self.accounts)
        }
        #expect(fault?.reason.hasPrefix(reason) == true, "\(fault?.reason ?? "")")
    }

    @Test("root is found among the machine's users and groups, unknown names are not")
    func system() {
        #expect(Accounts.system.user("root") == .number(0))
        #expect(Accounts.system.group("root") == .number(0))
        #expect(Accounts.system.user("no-such-user") == .unknown)
        #expect(Accounts.system.group("no-such-group") == .unknown)
    }

    private static let three = [
        AccessRule(.user(0), .operator), AccessRule(.group(7), .observer), AccessRule(.everyone, .presence),
    ]

    @Test("rules from the file, the environment or a flag keep their order")
    func sources() async throws {
        let flow = "access: {rules: [user=root operator, gid=7 observer, everyone presence]}"
        let block = "access:\n  rules:\n    - user=root operator\n    - \"gid=7 observer\"\n    - everyone presence\n"
        let text = "user=root operator, gid=7 observer,everyone presence"
        #expect(try await ConfigurationFixture.load(flow).settings.access == Self.three)
        #expect(try await ConfigurationFixture.load(block).settings.access == Self.three)
        #expect(try await ConfigurationFixture.load("", ["PARTYLINE_ACCESS_RULES": text]).settings.access == Self.three)
        let flagged = try await ConfigurationFixture.load("") { $0.settings = ["access.rules=\(text)"] }
        #expect(flagged.settings.access == Self.three)
    }

    @Test("flags override the environment, which overrides the file; lists are not merged")
    func precedence() async throws {
        let file = try ConfigurationFixture("access: {rules: [uid=1 operator, uid=2 operator]}")
        let environment = ["PARTYLINE_ACCESS_RULES": "uid=3 observer"]
        #expect(try await file.load(environment).settings.access == [AccessRule(.user(3), .observer)])
        let flagged = try await file.load(environment) { $0.settings = ["access.rules=uid=4 admin"] }
        #expect(flagged.settings.access == [AccessRule(.user(4), .admin)])
        #expect(try await file.load(environment) { $0.settings = ["access.rules="] }.settings.access.isEmpty)
        #expect(try await file.load(["PARTYLINE_ACCESS_RULES": ""]).settings.access.count == 2)
    }

    @Test(
        "no rules → the default access, without a warning",
        arguments: ["", "access:\n", "access: {rules: }", "access: {rules: []}"])
    func none(_ text: String) async throws {
        let configuration = try await ConfigurationFixture.load(text)
        #expect(configuration.conduit(epoch: "e", ownUid: 7).access == AccessRules(ownUid: 7))
        #expect(configuration.warnings(ownUid: 7).isEmpty)
    }

    @Test("rules without an admin are accepted, with a warning that says how to fix them")
    func locksOut() async throws {
        let configuration = try await ConfigurationFixture.load("access: {rules: [everyone presence]}")
        #expect(configuration.conduit(epoch: "e", ownUid: 7).access.rules == [AccessRule(.everyone, .presence)])
        let warnings = configuration.warnings(ownUid: 7)
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("\"uid=7 admin\"") == true)
        let mended = try await ConfigurationFixture.load("access: {rules: [uid=7 admin, everyone presence]}")
        #expect(mended.warnings(ownUid: 7).isEmpty)
    }
}
