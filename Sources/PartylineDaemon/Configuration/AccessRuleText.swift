// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import StreamsProtocol

/// Parses a rule of `access.rules`: a subject and its role.
enum AccessRuleText {
    /// Why a text is not a rule. The reason continues a sentence that begins with the text.
    struct Fault: Error, Equatable {
        let reason: String
    }

    static let examples =
        "user=alice operator, uid=1001 admin, group=crm observer, gid=2000 presence or everyone presence"

    /// Parses a rule and resolves the name in it. The role is the last word, because a group's name may contain spaces.
    static func parse(_ text: String, accounts: Accounts = .system) throws(Fault) -> AccessRule {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count > 1, let last = words.last else { throw Fault(reason: "is not a rule such as \(examples)") }
        guard let role = Role(rawValue: String(last)) else {
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(reason: "ends in \"\(last)\", which is not a role; the roles are \(roles)")
        }
        return AccessRule(try subject(words.dropLast().joined(separator: " "), accounts), role)
    }

    private static func subject(_ text: String, _ accounts: Accounts) throws(Fault) -> AccessRule.Subject {
        if text == "everyone" { return .everyone }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else { throw unknown(text) }
        switch parts[0] {
        case "uid": return .user(try number(parts[1], "uid"))
        case "gid": return .group(try number(parts[1], "gid"))
        case "user": return .user(try found(accounts.user(parts[1]), "user", parts[1]))
        case "group": return .group(try found(accounts.group(parts[1]), "group", parts[1]))
        default: throw unknown(text)
        }
    }

    private static func unknown(_ text: String) -> Fault {
        Fault(
            reason: "begins with \"\(text)\"; a rule begins with user=NAME, uid=NUMBER, group=NAME, gid=NUMBER or "
                + "everyone")
    }

    /// The highest number is not an id: the kernel uses it for "none".
    private static func number(_ text: String, _ kind: String) throws(Fault) -> UInt32 {
        guard text.allSatisfy(\.isNumber), let number = UInt32(text), number < .max else {
            throw Fault(reason: "has no \(kind) from 0 to \(UInt32.max - 1) after \(kind)=")
        }
        return number
    }

    private static func found(_ answer: Accounts.Answer, _ kind: String, _ name: String) throws(Fault) -> UInt32 {
        switch answer {
        case .number(let number): return number
        case .unknown:
            let (list, short) = kind == "user" ? ("passwd", "uid") : ("group", "gid")
            throw Fault(
                reason: "names the \(kind) \(name), which does not exist on this machine: see getent \(list), or write "
                    + "\(short)=NUMBER")
        case .failed(let reason):
            throw Fault(reason: "names the \(kind) \(name), which cannot be looked up now: \(reason)")
        }
    }
}
