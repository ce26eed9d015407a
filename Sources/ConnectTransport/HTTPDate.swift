// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol

/// Parses the dates of HTTP headers as RFC 6265, 5.1.1 does for cookies. It accepts all three formats of RFC 9110 and the
/// variants that servers send.
enum HTTPDate {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Milliseconds since 1970; nil if the text has no complete date.
    static func milliseconds(_ text: String) -> Int64? {
        var parts = Parts()
        for token in text.split(whereSeparator: isDelimiter) { parts.take(token.lowercased()) }
        return parts.milliseconds
    }

    /// Everything but letters, digits and the colon.
    private static func isDelimiter(_ character: Character) -> Bool {
        !(character.isASCII && (character.isLetter || character.isNumber || character == ":"))
    }

    /// Each part is the first token that fits.
    private struct Parts {
        var time: (hour: Int, minute: Int, second: Int)?
        var day: Int?
        var month: Int?
        var year: Int?

        mutating func take(_ token: String) {
            if time == nil, let time = Self.time(token) {
                self.time = time
            } else if day == nil, (1...2).contains(Self.digits(token)) {
                day = Int(token.prefix(Self.digits(token)))
            } else if month == nil, let index = HTTPDate.months.firstIndex(of: String(token.prefix(3))) {
                month = index + 1
            } else if year == nil, [2, 4].contains(Self.digits(token)), let year = Int(token.prefix(Self.digits(token)))
            {
                self.year = year < 70 ? year + 2000 : year < 100 ? year + 1900 : year
            }
        }

        private static func digits(_ token: String) -> Int { token.prefix { $0.isNumber }.count }

        private static func time(_ token: String) -> (Int, Int, Int)? {
            let fields = token.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, let hour = Int(fields[0]), let minute = Int(fields[1]),
                let second = Int(fields[2].prefix { $0.isNumber })
            else { return nil }
            return (hour, minute, second)
        }

        var milliseconds: Int64? {
            guard let time, let day, let month, let year, year >= 1601, (0...23).contains(time.hour),
                (0...59).contains(time.minute), (0...59).contains(time.second),
                let midnight = Timestamp.milliseconds(year: Int64(year), month: Int64(month), day: Int64(day))
            else { return nil }
            return midnight + Int64(time.hour * 3600 + time.minute * 60 + time.second) * 1000
        }
    }
}
