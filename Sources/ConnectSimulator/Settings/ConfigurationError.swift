// SPDX-License-Identifier: Apache-2.0

/// An error in a configuration or scenario file, with its position.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file's name as the caller gave it.
    public var file: String
    /// The line, from 1; nil if the error concerns the whole file.
    public var line: Int?
    /// The key as a path (`agent.username`); nil if the error concerns the whole document.
    public var key: String?
    /// What is wrong, and what is valid instead.
    public var message: String

    /// `file:line: key: message`
    public var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return key.map { "\(place): \($0): \(message)" } ?? "\(place): \(message)"
    }
}
