// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Testing

@testable import partyline

/// Reads Documentation/streams-coverage.md: what it names has to exist.
@Suite("The table of what Streams has")
struct CoverageTests {
    private struct Row {
        let section: String
        let streams: String
        let swift: String
        let commandLine: String
        let test: String

        var cells: [String] { [streams, swift, commandLine, test] }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func sources(_ folder: String) throws -> [String] {
        let files = try #require(FileManager.default.enumerator(atPath: root.appending(path: folder).path))
        return try files.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.map {
            try text("\(folder)/\($0)")
        }
    }

    private static func rows() throws -> [Row] {
        var section = ""
        var rows: [Row] = []
        for line in try text("Documentation/streams-coverage.md").split(separator: "\n").map(String.init) {
            if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
            guard line.hasPrefix("| "), !line.hasPrefix("| Streams |") else { continue }
            let cells = line.replacing("\\|", with: "\u{1}").split(separator: "|").map {
                $0.replacing("\u{1}", with: "|").trimmingCharacters(in: .whitespaces)
            }
            try #require(cells.count == 4, "not four cells: \(line)")
            rows.append(
                Row(section: section, streams: cells[0], swift: cells[1], commandLine: cells[2], test: cells[3]))
        }
        return rows
    }

    /// What stands between backticks.
    private static func quoted(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
            String($0.element)
        }
    }

    /// How many APIs, options, events, values and statements of behaviour each part of Streams' documentation has; the last part
    /// is what the newer library adds.
    private static let counts = [
        18, 31, 26, 5, 9, 67, 78, 6, 21, 16, 8, 5, 60, 9, 8, 13, 8, 9, 24, 12, 7, 18, 9, 14, 8,
    ]

    @Test("every part of Streams' documentation has all its rows, and no cell is empty")
    func complete() throws {
        let rows = try Self.rows()
        for (index, count) in Self.counts.enumerated() {
            let own = rows.filter { $0.section.hasPrefix("\(index + 1). ") }
            #expect(own.count == count, "section \(index + 1)")
        }
        #expect(rows.count == Self.counts.reduce(0, +))
        for row in rows { #expect(row.cells.allSatisfy { !$0.isEmpty }, "\(row)") }
    }

    @Test("every name of Streams' API stands in a row")
    func names() throws {
        let known = Set(try Self.rows().flatMap { Self.quoted($0.streams) })
        let names = try Self.text("Tests/PartylineCommandTests/Fixtures/streams-names.txt").split(separator: "\n")
        #expect(names.count == 395)
        for name in names { #expect(known.contains(String(name)), "\(name)") }
    }

    @Test("every test that the table names exists")
    func tests() throws {
        var functions: [String: Set<String>] = [:]
        for source in try Self.sources("Tests") {
            let names = source.matches(of: /func (\w+)/).map { String($0.output.1) }
            for type in source.matches(of: /(?:struct|extension) (?:EndToEnd\.)?(\w+)/) {
                functions[String(type.output.1), default: []].formUnion(names)
            }
        }
        for row in try Self.rows() {
            for test in Self.quoted(row.test) {
                let parts = test.split(separator: ".").map(String.init)
                #expect(
                    parts.count == 2 && functions[parts[0]]?.contains(parts[1]) == true, "\(test) of \(row.streams)")
            }
        }
    }

    @Test("every Swift name in the table is declared in ConnectStreams or AgentModel")
    func swift() throws {
        let sources = try (Self.sources("Sources/ConnectStreams") + Self.sources("Sources/AgentModel")).joined()
        var declared: Set<String> = ["connect", "agent", "contact", "connection", "voiceID"]
        declared.formUnion(
            sources.matches(of: /(?:func|var|let|case|struct|class|enum|protocol) `?(\w+)/).map { String($0.output.1) })
        for list in sources.matches(of: /case (\w+(?:, \w+)+)\n/) {
            declared.formUnion(list.output.1.split(separator: ", ").map(String.init))
        }
        for row in try Self.rows() {
            for code in Self.quoted(row.swift) {
                // What is in parentheses and braces are a caller's values.
                let path = code.prefix { !"({ ".contains($0) }.split(separator: ".").map(String.init)
                for name in path {
                    #expect(declared.contains(name.replacing("?", with: "")), "\(code) of \(row.streams)")
                }
            }
        }
    }

    @Test("every verb in the table exists")
    func verbs() throws {
        let verbs = PartylineCommand.configuration.subcommands.map { $0.configuration }
        for row in try Self.rows() {
            for command in Self.quoted(row.commandLine)
            where command.hasPrefix("partyline ") && !command.hasPrefix("partyline --") {
                let words = command.split(separator: " ").dropFirst().map(String.init)
                let verb = verbs.first { $0.commandName == words.first }
                #expect(verb != nil, "\(command)")
                let inner = (verb?.subcommands ?? []).compactMap { $0.configuration.commandName }
                guard words.count > 1, !inner.isEmpty, words[1].first?.isLetter == true else { continue }
                #expect(inner.contains(words[1]), "\(command)")
            }
        }
    }

    @Test("what is not here now comes with the media, and nothing else is put off")
    func nothingLater() throws {
        for row in try Self.rows() {
            for word in ["MISSING", "TODO", "not yet", "later version"]
            where row.cells.contains(where: { $0.contains(word) }) {
                #expect(word == "later version" && row.swift.contains("with the media, in a later version"), "\(row)")
            }
            // A thing that is done has a test.
            if row.test == "–" {
                #expect(!row.commandLine.hasPrefix("`") || row.swift.hasPrefix("with the media"), "\(row)")
            }
        }
    }
}
