/// What is wrong with the configuration, and where; all problems at once, so that one run mends them all.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    struct Problem: Equatable, Sendable {
        /// The file with its line, or the environment variable, or the flag.
        let place: String
        /// What is wrong with which key, and what would be right.
        let message: String
    }

    /// The problems, in the order of the file.
    let problems: [Problem]

    var description: String { problems.map { "\($0.place): \($0.message)" }.joined(separator: "\n") }

    init(_ problems: [Problem]) { self.problems = problems }

    init(_ place: String, _ message: String) { problems = [Problem(place: place, message: message)] }
}
