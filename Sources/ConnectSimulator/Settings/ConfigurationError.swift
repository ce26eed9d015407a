/// A configuration or scenario that cannot be used, and where to mend it.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file as it was named.
    public var file: String
    /// The line, from 1; nil if it is about the file as a whole.
    public var line: Int?
    /// The key, as a path (`agent.username`); nil if it is about the document.
    public var key: String?
    /// What is wrong, and what would be right.
    public var message: String

    /// `file:line: key: message`
    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return key.map { "\(place): \($0): \(message)" } ?? "\(place): \(message)"
    }
}
