// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a single JSON value, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// The bytes are not UTF-8.
        case notUTF8
        /// The text ends in the middle of a value.
        case truncated
        /// A character that is not permitted at this place.
        case unexpected
        /// Text after the value.
        case trailing
        /// Nested more deeply than allowed.
        case tooDeep(limit: Int)
        /// An object has two members of that name.
        case duplicateKey(String)
        /// A number that is not valid JSON, such as `01` or `1.`.
        case badNumber
        /// An invalid escape, or a control character, in a string.
        case badString
    }

    public let reason: Reason
    /// The offset of the offending byte.
    public let offset: Int

    public var description: String {
        switch reason {
        case .notUTF8: "not UTF-8 at byte \(offset)"
        case .truncated: "the text ends in the middle of a value, at byte \(offset)"
        case .unexpected: "unexpected character at byte \(offset)"
        case .trailing: "text after the value, at byte \(offset)"
        case .tooDeep(let limit): "nested more than \(limit) deep at byte \(offset)"
        case .duplicateKey(let key): "the member \"\(key.prefix(64))\" appears twice, the second time at byte \(offset)"
        case .badNumber: "not a JSON number at byte \(offset)"
        case .badString: "a bad escape or control character in a string at byte \(offset)"
        }
    }
}
