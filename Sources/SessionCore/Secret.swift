/// A token, a cookie, a presigned URL: text that must never reach a log, a line, a crash report or an argument list.
///
/// It prints as `<redacted>` in every way that Swift prints things, and it is not `Encodable`.
public struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    /// Wraps a secret.
    public init(_ text: String) { self.text = text }

    /// The secret itself, for the hand that puts it on the wire.
    public func reveal() -> String { text }

    /// `<redacted>`.
    public var description: String { "<redacted>" }
    /// `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// Nothing to see.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
