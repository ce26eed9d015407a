// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// One line of `doctor`: what was checked, the result, and the command that helps if something is wrong.
struct DoctorCheck: Equatable {
    enum Verdict: String {
        case pass, warn, fail
        /// Not checked, mostly because of a failure above.
        case skip
    }

    let name: String
    let verdict: Verdict
    let text: String
    var next: String?

    static func pass(_ name: String, _ text: String) -> DoctorCheck { .init(name: name, verdict: .pass, text: text) }

    static func skip(_ name: String, _ text: String) -> DoctorCheck { .init(name: name, verdict: .skip, text: text) }

    static func warn(_ name: String, _ text: String, _ next: String?) -> DoctorCheck {
        .init(name: name, verdict: .warn, text: text, next: next)
    }

    static func fail(_ name: String, _ text: String, _ next: String?) -> DoctorCheck {
        .init(name: name, verdict: .fail, text: text, next: next)
    }

    var json: JSON {
        var object = JSONObject([
            ("name", .string(name)), ("verdict", .string(verdict.rawValue)), ("text", .string(text)),
        ])
        object["next"] = next.map { .string($0) }
        return .object(object)
    }
}

struct DoctorReport {
    let checks: [DoctorCheck]

    init(_ facts: DoctorFacts) { checks = PlaceChecks(facts).all + DaemonChecks(facts).all + StatusChecks.all(facts) }

    /// True if no check fails. Warnings do not count.
    var isWell: Bool { !checks.contains { $0.verdict == .fail } }

    var json: JSON { ["ok": .bool(isWell), "checks": .array(checks.map(\.json))] }

    func lines(_ palette: Palette, shown: (String) -> String = CommandName.here) -> [String] {
        let width = checks.map(\.name.count).max() ?? 0
        return checks.flatMap { check -> [String] in
            let line =
                "\(word(check.verdict, palette))  \(Text.left(check.name, width))  \(Text.printable(UserName.named(check.text)))"
            return [line] + (check.next.map { ["        next: \(Text.printable(shown($0)))"] } ?? [])
        }
    }

    private func word(_ verdict: DoctorCheck.Verdict, _ palette: Palette) -> String {
        switch verdict {
        case .pass: palette.green("pass")
        case .warn: palette.yellow("warn")
        case .fail: palette.red("FAIL")
        case .skip: palette.dim("skip")
        }
    }
}
