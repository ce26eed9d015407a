// SPDX-License-Identifier: Apache-2.0

extension Unicode.Scalar {
    /// True for characters that move the cursor, end a line, or reverse the direction of text: those of C0 and C1, the line
    /// and paragraph separators, and the controls of bidirectional text. Text of others must not contain them on a terminal
    /// or in a log.
    public var isDisplayControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl
        }
    }
}

extension String {
    /// The text with `\u` escapes for display controls. JSON stays the same JSON, unless it has line breaks of its own.
    public var escapingDisplayControls: String {
        guard unicodeScalars.contains(where: \.isDisplayControl) else { return self }
        return unicodeScalars.reduce(into: "") { result, scalar in
            if scalar.isDisplayControl {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }
}
