// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A cell of a table: text for people and, in JSON, the number for programs.
struct Cell: Encodable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation, Equatable {
    let text: String
    var value: Double?

    init(text: String, value: Double? = nil) {
        self.text = text
        self.value = value
    }

    init(stringLiteral text: String) { self.init(text: text) }

    static let none = Cell(text: "–")

    static func number(_ value: Double, digits: Int = 0, unit: String = "") -> Cell {
        let unit = unit.isEmpty ? "" : " \(unit)"
        return Cell(text: fixed(value, digits) + unit, value: value)
    }

    static func ratio(_ value: Double) -> Cell { Cell(text: fixed(value, 2), value: value) }

    /// A time given in nanoseconds; `value` is in milliseconds.
    static func milliseconds(_ nanoseconds: Double) -> Cell {
        let value = nanoseconds / 1e6
        return Cell(text: fixed(value, value < 10 ? 3 : value < 100 ? 2 : 1) + " ms", value: value)
    }

    /// With commas between thousands.
    private static func fixed(_ value: Double, _ digits: Int) -> String {
        let text = String(format: "%.\(digits)f", value)
        let whole = text.prefix { $0 != "." }
        var grouped = ""
        for (index, character) in whole.enumerated() {
            let left = whole.count - index
            if index > 0, left.isMultiple(of: 3), grouped != "-" { grouped += "," }
            grouped.append(character)
        }
        return grouped + text.dropFirst(whole.count)
    }
}
