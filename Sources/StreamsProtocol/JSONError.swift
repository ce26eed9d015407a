/// Why a text is not one JSON value, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Reason: Equatable, Sendable {
        /// The bytes are not UTF-8.
        case notUTF8
        /// The text ends in the middle of a value.
        case truncated
        /// A character that cannot stand there.
        case unexpected
        /// Something follows the value.
        case trailing
        /// Nested more deeply than allowed.
        case tooDeep(limit: Int)
        /// An object names one member twice.
        case duplicateKey(String)
        /// A number that JSON's grammar does not know, such as `01` or `1.`.
        case badNumber
        /// An escape that JSON does not know, or a control character inside a string.
        case badString
    }

    public let reason: Reason
    /// The offset of the offending byte.
    public let offset: Int

    /// The error in words, with the offset.
    public var description: String {
        switch reason {
        case .notUTF8: "not UTF-8 at byte \(offset)"
        case .truncated: "the text ends in the middle of a value, at byte \(offset)"
        case .unexpected: "unexpected character at byte \(offset)"
        case .trailing: "something follows the value at byte \(offset)"
        case .tooDeep(let limit): "nested more than \(limit) deep at byte \(offset)"
        case .duplicateKey(let key): "the member \"\(key.prefix(64))\" stands twice, the second time at byte \(offset)"
        case .badNumber: "not a JSON number at byte \(offset)"
        case .badString: "a bad escape or control character in a string at byte \(offset)"
        }
    }
}
