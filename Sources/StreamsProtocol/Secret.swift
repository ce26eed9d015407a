// SPDX-License-Identifier: Apache-2.0

/// A token, a cookie or a presigned URL. It must never reach a log, a line, a crash report or an argument list.
///
/// `print`, `dump`, interpolation and reflection show `<redacted>`, and the type is not `Encodable`.
public struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    public init(_ text: String) { self.text = text }

    /// The plain text. Only the code that writes it to the wire calls this.
    public func reveal() -> String { text }

    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    /// Has no children, so `dump` does not show the text.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
