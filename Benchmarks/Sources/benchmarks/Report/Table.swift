// SPDX-License-Identifier: Apache-2.0

/// A table of one measure.
struct Table: Encodable {
    let title: String
    let columns: [String]
    var rows: [[Cell]] = []
    /// The sentences below the table.
    var notes: [String] = []

    /// Markdown with aligned columns, so that it is readable as plain text.
    var markdown: String {
        let texts = [columns] + rows.map { $0.map(\.text) }
        let widths = columns.indices.map { column in max(3, texts.map { $0[column].count }.max() ?? 0) }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { index, text in
                let space = String(repeating: " ", count: widths[index] - text.count)
                return index == 0 ? text + space : space + text
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = widths.enumerated().map { index, width in
            index == 0 ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
        }
        let body = [line(columns), "| " + rule.joined(separator: " | ") + " |"] + rows.map { line($0.map(\.text)) }
        let tail = notes.isEmpty ? "" : "\n\n" + notes.joined(separator: " ")
        return "**\(title)**\n\n" + body.joined(separator: "\n") + tail + "\n"
    }
}
