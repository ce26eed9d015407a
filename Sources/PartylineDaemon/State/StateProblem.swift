import Glibc

/// Why the state for a restart is not kept. The daemon runs without it: after a restart its subscribers begin afresh.
struct StateProblem: Error, Equatable, CustomStringConvertible {
    let message: String
    /// What to do about it.
    let hint: String

    var description: String { "\(message)\n  \(hint)" }

    /// A failed system call; to be made at once, before `errno` is another.
    static func system(_ message: String, _ hint: String) -> StateProblem {
        StateProblem(message: "\(message): \(String(cString: strerror(errno)))", hint: hint)
    }
}
