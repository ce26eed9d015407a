// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Testing

@testable import partyline

/// Reads sources and manual page, because neither the compiler nor the parser notices a verb that is missing in a list.
@Suite("The list of verbs")
struct VerbListTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    // A closure: the compiler crashes on the key path of a metatype's member.
    private static let listed = PartylineCommand.configuration.subcommands.map { $0.configuration }
    /// The verbs of a verb, such as `contact accept`.
    private static let inner = listed.flatMap { group in
        group.subcommands.map { (group: group.commandName ?? "", verb: $0.configuration.commandName ?? "") }
    }

    @Test("every verb is listed")
    func complete() throws {
        let files = FileManager.default.enumerator(
            at: Self.root.appending(path: "Sources/partyline"), includingPropertiesForKeys: nil)
        var names: Set<String> = []
        for case let file as URL in try #require(files) where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            names.formUnion(text.matches(of: /commandName: "([a-z-]+)"/).map { String($0.output.1) })
        }
        names.remove("partyline")
        #expect(Set(Self.listed.compactMap(\.commandName) + Self.inner.map(\.verb)) == names)
    }

    @Test("every verb has a section in the manual page")
    func documented() throws {
        let page = try String(contentsOf: Self.root.appending(path: "Documentation/partyline.1.md"), encoding: .utf8)
        for verb in Self.listed where verb.shouldDisplay {
            let name = try #require(verb.commandName)
            #expect(page.contains("\n### \(name)\n") || page.contains("\n### \(name) "), "\(name)")
        }
        for (group, verb) in Self.inner {
            let section = page.components(separatedBy: "\n### ").first { $0.hasPrefix("\(group) ") } ?? ""
            #expect(section.contains("**\(verb)"), "\(group) \(verb)")
        }
    }

    @Test("the rules of why are those of protocol.md, for every event that is derived")
    func rules() throws {
        let page = try String(contentsOf: Self.root.appending(path: "Documentation/protocol.md"), encoding: .utf8)
        let derived = page.components(separatedBy: "### Derived events").last ?? ""
        let part = derived.components(separatedBy: "The data of the agent's events").first ?? ""
        for name in part.matches(of: /`((agent|contact)::[a-z_]+)`/).map({ String($0.output.1) }) {
            #expect(EventRule.of(name) != nil, "\(name)")
        }
        for (event, rule) in EventRule.table where !part.contains("| \(rule)") {
            // Rows of several events, and sentences, in other words.
            let words = rule.split(whereSeparator: { " ,()".contains($0) })
            let missing = words.filter { !part.contains($0) }
            #expect(missing.isEmpty || event == "contact::view", "\(event): \(missing)")
        }
    }
}
