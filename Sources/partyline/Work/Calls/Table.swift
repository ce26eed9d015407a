// SPDX-License-Identifier: Apache-2.0

/// Rows in columns, for people.
enum Table {
    /// The rows with each column as wide as its longest text. The last column is not padded.
    static func lines(_ header: [String], _ rows: [[String]], _ palette: Palette) -> [String] {
        let rows = rows.map { $0.map(Text.printable) }
        let widths = header.indices.map { column in
            ([header] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return [palette.bold(line(header, widths))] + rows.map { line($0, widths) }
    }

    private static func line(_ texts: [String], _ widths: [Int]) -> String {
        let last = texts.lastIndex { !$0.isEmpty } ?? 0
        return zip(texts, widths).prefix(last + 1).enumerated()
            .map { $0.offset == last ? $0.element.0 : Text.left($0.element.0, $0.element.1) }
            .joined(separator: "  ")
    }
}
