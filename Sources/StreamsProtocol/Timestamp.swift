// SPDX-License-Identifier: Apache-2.0

/// Instants on the socket: RFC 3339 with milliseconds and `Z`.
///
/// Not `Date`: it counts seconds since 2001 in binary floating point, so .123 would come back as .122.
public enum Timestamp {
    /// - Parameter milliseconds: since 1970; clamped to the years 0 to 9999.
    public static func text(milliseconds: Int64) -> String {
        let clamped = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        let (days, rest) = floorDivide(clamped, 86_400_000)
        let (year, month, day) = civil(fromDays: days)
        let second = rest / 1000
        var text: [UInt8] = []
        text.reserveCapacity(24)
        put(year, 1000, "-", &text)
        put(month, 10, "-", &text)
        put(day, 10, "T", &text)
        put(second / 3600, 10, ":", &text)
        put(second / 60 % 60, 10, ":", &text)
        put(second % 60, 10, ".", &text)
        put(rest % 1000, 100, "Z", &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// - Parameter seconds: since 1970, with a fraction, as in the service's answers.
    public static func text(seconds: Double) -> String {
        let milliseconds = (seconds * 1000).rounded()
        return text(milliseconds: Int64(exactly: milliseconds) ?? (milliseconds > 0 ? .max : .min))
    }

    /// Parses an RFC 3339 text with `T`, any number of decimals, and `Z` or an offset; or a date, which means midnight
    /// UTC. Returns milliseconds since 1970; nil for any other text.
    public static func milliseconds(_ text: String) -> Int64? {
        var scanner = Scanner(Substring(text).utf8)
        guard let year = scanner.number(4), scanner.eat("-"), let month = scanner.number(2), scanner.eat("-"),
            let day = scanner.number(2), let midnight = milliseconds(year: year, month: month, day: day)
        else { return nil }
        if scanner.isAtEnd { return midnight }
        guard scanner.eat("T") || scanner.eat("t"), let time = scanner.time(), let offset = scanner.zone(),
            scanner.isAtEnd
        else { return nil }
        return midnight + time - offset
    }

    /// The start of a day in UTC, in milliseconds since 1970; nil for a day that the calendar does not have.
    public static func milliseconds(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...12).contains(month), day >= 1, day <= monthLength(year, month) else { return nil }
        return daysFromCivil(year, month, day) * 86_400_000
    }

    /// Writes digit by digit for speed: a status can contain an instant for each of a thousand ports.
    private static func put(_ value: Int64, _ highest: Int64, _ end: Unicode.Scalar, _ text: inout [UInt8]) {
        var power = highest
        while power > 0 {
            text.append(0x30 + UInt8(value / power % 10))
            power /= 10
        }
        text.append(UInt8(ascii: end))
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
        let quotient = value >= 0 ? value / by : -((by - 1 - value) / by)
        return (quotient, value - quotient * by)
    }

    private static func monthLength(_ year: Int64, _ month: Int64) -> Int64 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month - 1)]
    }

    // Gregorian calendar arithmetic with years that begin in March, so that the leap day is the last day.
    private static func daysFromCivil(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let (era, yearOfEra) = floorDivide(shifted, 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

private struct Scanner {
    private var rest: Substring.UTF8View

    init(_ text: Substring.UTF8View) { rest = text }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func eat(_ character: Character) -> Bool {
        guard rest.first == character.asciiValue else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int64? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(width)
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// The time of day in milliseconds; further decimals than three are ignored.
    mutating func time() -> Int64? {
        guard let hour = number(2), eat(":"), let minute = number(2), hour < 24, minute < 60 else { return nil }
        var milliseconds = hour * 3_600_000 + minute * 60_000
        guard eat(":") else { return milliseconds }
        guard let second = number(2), second < 60 else { return nil }
        milliseconds += second * 1000
        guard eat(".") else { return milliseconds }
        var weight: Int64 = 100
        guard var digit = number(1) else { return nil }
        repeat {
            milliseconds += digit * weight
            weight /= 10
            guard let next = number(1) else { break }
            digit = next
        } while true
        return milliseconds
    }

    /// The offset from UTC in milliseconds.
    mutating func zone() -> Int64? {
        if eat("Z") || eat("z") { return 0 }
        let east = eat("+")
        guard east || eat("-"), let hour = number(2), eat(":"), let minute = number(2), hour < 24, minute < 60 else {
            return nil
        }
        return (east ? 1 : -1) * (hour * 3_600_000 + minute * 60_000)
    }
}
