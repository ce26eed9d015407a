// SPDX-License-Identifier: Apache-2.0

/// All problems of a configuration, so that they can be fixed in one go.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    struct Problem: Equatable, Sendable {
        /// The file and line, the environment variable, or the flag.
        let place: String
        /// The key, what is wrong with its value, and what is expected.
        let message: String
    }

    /// In the order of the file.
    let problems: [Problem]

    var description: String { problems.map { "\($0.place): \($0.message)" }.joined(separator: "\n") }

    init(_ problems: [Problem]) { self.problems = problems }

    init(_ place: String, _ message: String) { problems = [Problem(place: place, message: message)] }
}
