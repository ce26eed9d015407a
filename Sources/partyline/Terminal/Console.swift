import Glibc

/// The two streams, written at once: a line that was printed has left this process.
enum Console {
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    static func out(_ line: String) { write(Array(line.utf8) + [0x0A], to: STDOUT_FILENO) }

    static func out(_ line: [UInt8]) { write(line + [0x0A], to: STDOUT_FILENO) }

    static func error(_ line: String) { write(Array(line.utf8) + [0x0A], to: STDERR_FILENO) }

    /// A stream that cannot be written to any more ends the wish to write, not the program: SIGPIPE does that where it
    /// should.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&entry, 1, -1)
            } else if errno != EINTR {
                return
            }
        }
    }
}
