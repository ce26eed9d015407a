// SPDX-License-Identifier: Apache-2.0
import ConnectStreams
import Glibc
import StreamsProtocol

/// Text formatting without Foundation, which takes time to load.
enum Text {
    /// The text, padded with spaces on the right.
    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// The text, padded with spaces on the left.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Seconds with one decimal: `14.2`.
    static func tenths(_ seconds: Double) -> String {
        let tenths = Int((max(0, seconds) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// The text with a space for each control character: what a customer writes in a chat must not control the
    /// terminal.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: \.isDisplayControl) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(scalar.isDisplayControl ? " " : scalar) }
        return String(result)
    }

    /// At most `width` characters. An ellipsis marks what was cut off.
    static func cut(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
    }

    /// A duration, rounded down: `4 s`, `12 min`, `3 h 5 min`, `2 d 1 h`.
    static func span(milliseconds: Int) -> String {
        let seconds = max(0, milliseconds) / 1000
        switch seconds {
        case ..<1: return "under 1 s"
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min"
        case ..<86_400: return join(seconds / 3600, "h", seconds / 60 % 60, "min")
        default: return join(seconds / 86_400, "d", seconds / 3600 % 24, "h")
        }
    }

    /// A duration from a setting, precise enough to be recognized: `0.3 s`, `30 s`, `5 min`.
    static func setting(milliseconds: Int) -> String {
        guard milliseconds < 60_000, milliseconds % 1000 != 0 else { return span(milliseconds: milliseconds) }
        return milliseconds < 100 ? "\(milliseconds) ms" : "\(tenths(Double(milliseconds) / 1000)) s"
    }

    /// `1 line`, `3 lines`.
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// A size: `812 bytes`, `1.4 MiB`.
    static func size(_ bytes: Int) -> String {
        var value = Double(bytes)
        var units = ["KiB", "MiB", "GiB"][...]
        guard bytes >= 1024 else { return count(bytes, "byte") }
        value /= 1024
        while value >= 1024, units.count > 1 {
            value /= 1024
            units = units.dropFirst()
        }
        return "\(tenths(value)) \(units.first ?? "")"
    }

    private static func join(_ large: Int, _ largeUnit: String, _ small: Int, _ smallUnit: String) -> String {
        small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
    }
}

/// Colours on a terminal; plain text elsewhere, or if NO_COLOR is set (no-color.org).
struct Palette: Equatable {
    let isColoured: Bool

    static let plain = Palette(isColoured: false)

    static var standardOutput: Palette {
        let refused = Variables.value("NO_COLOR") != nil || Variables.value("TERM") == "dumb"
        return Palette(isColoured: Console.isTerminal && !refused)
    }

    func bold(_ text: String) -> String { paint("1", text) }
    func dim(_ text: String) -> String { paint("2", text) }
    func red(_ text: String) -> String { paint("31", text) }
    func green(_ text: String) -> String { paint("32", text) }
    func yellow(_ text: String) -> String { paint("33", text) }
    func magenta(_ text: String) -> String { paint("35", text) }
    func cyan(_ text: String) -> String { paint("36", text) }

    func tone(_ tone: Sentence.Tone, _ text: String) -> String {
        switch tone {
        case .plain: text
        case .good: green(text)
        case .waiting: yellow(text)
        case .bad: red(text)
        case .quiet: dim(text)
        }
    }

    private func paint(_ code: String, _ text: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

extension WallClock {
    /// An instant in local time: `14:03:22`.
    static func timeOfDay(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
