// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import SessionCore
import StreamsProtocol

/// What is wrong with a value. The message continues after the key.
struct ConfigurationFault: Error {
    let message: String
}

/// A type of values: which values are permitted, how text is parsed, and how a value is written in the file.
struct ConfigurationKind<Value: Equatable & Sendable>: Sendable {
    /// As in `ConfigurationKey`.
    let note: String
    let expectation: String
    var element: String?
    let text: @Sendable (Value) -> String
    /// Parses one value, or the elements of a list.
    let read: @Sendable ([String]) throws(ConfigurationFault) -> Value
}

extension ConfigurationKind {
    /// A kind of single values.
    ///
    /// - Parameter isShown: false if an invalid value may contain a password; the error does not repeat it then.
    fileprivate init(
        _ note: String, _ expectation: String, isShown: Bool = true,
        text: @escaping @Sendable (Value) -> String = { "\($0)" }, read: @escaping @Sendable (String) -> Value?
    ) {
        self.init(note: note, expectation: expectation, text: text) { texts throws(ConfigurationFault) in
            let text = texts.first ?? ""
            if let value = read(text) { return value }
            let shown = isShown ? "\"\(text.prefix(64))\"" : "the value"
            throw ConfigurationFault(message: "\(shown) is not \(expectation)")
        }
    }

    private init(_ note: String, _ expectation: String, _ words: [(text: String, value: Value)]) {
        self.init(
            note, expectation, text: { value in words.first { $0.value == value }?.text ?? "" },
            read: { text in words.first { $0.text == text }?.value })
    }

    static func choice(_ words: [(text: String, value: Value)]) -> Self {
        let names = words.map(\.text).joined(separator: ", ")
        return Self("One of: \(names).", "one of \(names)", words)
    }
}

extension ConfigurationKind where Value == Bool {
    static var flag: Self { Self("true or false.", "true or false", [("true", true), ("false", false)]) }
}

extension ConfigurationKind where Value == Int64 {
    static var milliseconds: Self { milliseconds(from: 0) }

    /// - Parameter least: for an interval of something that is repeated: 0 would repeat it without a pause.
    static func milliseconds(from least: Int64) -> Self {
        let note = least == 0 ? "Unit: milliseconds." : "Unit: milliseconds, at least \(least)."
        return Self(note, "a whole number of milliseconds from \(least) to 86400000, such as 5000") { text in
            Int64(text).flatMap { (least...86_400_000).contains($0) ? $0 : nil }
        }
    }
}

extension ConfigurationKind where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        let words = "whole number from \(range.lowerBound) to \(range.upperBound)"
        return Self("A \(words).", "a \(words)") { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
    }
}

extension ConfigurationKind where Value == Double {
    /// Writes a whole number without ".0".
    static var factor: Self {
        Self(
            "A number from 0.001 to 1000.", "a number from 0.001 to 1000, such as 0.02",
            text: { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" },
            read: { text in Double(text).flatMap { (0.001...1000).contains($0) ? $0 : nil } })
    }
}

extension ConfigurationKind where Value == String {
    static var text: Self { Self("Text.", "text") { $0 } }
}

extension ConfigurationKind where Value == Secret? {
    static var text: Self { Self("Text.", "text", text: { _ in "" }, read: { Secret($0) }) }
}

extension ConfigurationKind where Value == String? {
    static var text: Self { Self("Text.", "text", text: { $0 ?? "" }, read: { $0 }) }

    static var url: Self {
        Self(
            "A URL: https://, or http:// on loopback.", "a URL that begins with https:// (or http:// on loopback)",
            isShown: false, text: { $0 ?? "" }, read: { PlainURL.isSafe($0) ? .some($0) : nil })
    }

    /// Rejects a path that begins with `~`, which is not expanded.
    static var path: Self {
        Self("A path.", "a path", text: { $0 ?? "" }, read: { $0.hasPrefix("~") ? nil : .some($0) })
    }
}

extension ConfigurationKind where Value == [AccessRule] {
    static var accessRules: Self {
        Self(
            note: "A list; in the environment and with --set, its elements are separated by commas.",
            expectation: "a list of rules, such as [\"group=crm observer\", \"uid=1001 admin\"]",
            element: "a rule such as \(AccessRuleText.examples)",
            // Only defaults are written, and the default is no rules.
            text: { _ in "" },
            read: { texts throws(ConfigurationFault) in
                var rules: [AccessRule] = []
                for text in texts {
                    do throws(AccessRuleText.Fault) {
                        rules.append(try AccessRuleText.parse(text))
                    } catch {
                        throw ConfigurationFault(message: "\"\(text.prefix(64))\" \(error.reason)")
                    }
                }
                return rules
            })
    }
}
