import Glibc

/// What SIGHUP means: for a daemon, to read its configuration again; for a program in a terminal that was closed, the end.
struct HangUp: Sendable {
    enum Meaning: Equatable { case reload, end }

    private let descriptor: CInt
    private let hadTerminal: Bool

    /// Looks at standard error, once, at the start.
    init(_ descriptor: CInt = STDERR_FILENO) {
        self.descriptor = descriptor
        hadTerminal = isatty(descriptor) == 1
    }

    /// A terminal that was closed is none any more by the time of the signal.
    var meaning: Meaning { hadTerminal && isatty(descriptor) != 1 ? .end : .reload }
}
