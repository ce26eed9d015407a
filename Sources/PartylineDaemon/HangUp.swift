// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Interprets SIGHUP: reload the configuration, or exit if the terminal was closed.
struct HangUp: Sendable {
    enum Meaning: Equatable { case reload, end }

    private let descriptor: CInt
    private let hadTerminal: Bool

    /// Call it at the start: it remembers whether the descriptor is a terminal.
    init(_ descriptor: CInt = STDERR_FILENO) {
        self.descriptor = descriptor
        hadTerminal = isatty(descriptor) == 1
    }

    /// A closed terminal is no longer a terminal when the signal arrives.
    var meaning: Meaning { hadTerminal && isatty(descriptor) != 1 ? .end : .reload }
}
