// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The results of a run.
struct Report: Encodable {
    struct Section: Encodable {
        let measure: String
        let day: String
        let tables: [Table]
    }

    let machine: Machine
    var sections: [Section] = []

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// One section as Markdown, for standard output and the README.
    func text(_ section: Section) -> String {
        "### \(section.measure)\n\n\(section.day), \(machine.description).\n\n"
            + section.tables.map(\.markdown).joined(separator: "\n")
    }

    /// The README with this run's sections. Sections of measures that were not run stay.
    func merged(into readme: String, order: [String]) throws(Failure) -> String {
        let (begin, end) = ("<!-- results -->\n", "<!-- /results -->\n")
        guard let from = readme.range(of: begin), let to = readme.range(of: end), from.upperBound <= to.lowerBound
        else {
            throw Failure("the file has no lines \(begin.dropLast()) and \(end.dropLast()) to put the results between")
        }
        var texts: [String: String] = [:]
        for part in readme[from.upperBound..<to.lowerBound].components(separatedBy: "\n### ") {
            guard let name = part.split(separator: "\n").first else { continue }
            let body = part.hasPrefix("### ") ? part : "### " + part
            texts[String(name.hasPrefix("### ") ? name.dropFirst(4) : name)] = body.trimmingCharacters(in: .newlines)
        }
        for section in sections {
            texts[section.measure] = text(section).trimmingCharacters(in: .newlines)
        }
        let body = order.compactMap { texts[$0] }.joined(separator: "\n\n")
        return readme[..<from.upperBound] + "\n" + body + "\n\n" + readme[to.lowerBound...]
    }
}
