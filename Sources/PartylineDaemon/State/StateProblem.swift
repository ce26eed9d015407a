// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Why the state is not kept for a restart. The daemon runs without it; after a restart, subscribers start afresh.
struct StateProblem: Error, Equatable, CustomStringConvertible {
    let message: String
    let hint: String

    var description: String { "\(message)\n  \(hint)" }

    /// A failed system call. Call it before another call changes `errno`.
    static func system(_ message: String, _ hint: String) -> StateProblem {
        StateProblem(message: "\(message): \(String(cString: strerror(errno)))", hint: hint)
    }
}
