// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Standard output and standard error, unbuffered: a line that was printed has left this process.
enum Console {
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// True if standard output is a pipe or a socket whose reader has ended.
    static var isReaderGone: Bool {
        var entry = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    static func out(_ line: String) { out(Array(line.utf8)) }

    /// Exits if the line cannot be written, for example because the disk is full: a file of events must not continue
    /// after a gap. A closed pipe is ignored here: SIGPIPE ends the commands that have to end.
    static func out(_ line: [UInt8]) {
        guard let number = write(line + [0x0A], to: STDOUT_FILENO), number != EPIPE else { return }
        error("partyline: standard output cannot be written to: \(String(cString: strerror(number)))")
        error("  next: df -h .   if it is a file; its last line may be incomplete")
        _exit(CommandStatus.failure.rawValue)
    }

    static func error(_ line: String) { _ = write(Array(line.utf8) + [0x0A], to: STDERR_FILENO) }

    /// Opens /dev/null in place of closed standard streams. Otherwise a socket could get such a descriptor and receive
    /// what is printed.
    static func fillClosedStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
        }
    }

    /// The error number if not everything could be written.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&entry, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}

/// The environment variables that the command reads.
enum Variables {
    /// A variable's value; nil if it is missing or empty.
    static func value(_ name: String) -> String? {
        guard let text = getenv(name) else { return nil }
        let value = String(cString: text)
        return value.isEmpty ? nil : value
    }

    /// The variables that determine the socket's path.
    static var forSocketPath: [String: String] {
        var result: [String: String] = [:]
        for name in ["PARTYLINE_SOCKET", "XDG_RUNTIME_DIR"] { result[name] = value(name) }
        return result
    }
}
