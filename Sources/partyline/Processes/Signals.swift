// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import SystemPackage

/// The signals that ask a command to end: Ctrl-C, `kill`, a closed terminal, a closed pipe.
enum EndSignals {
    static let all = [SIGINT, SIGTERM, SIGHUP, SIGPIPE]

    /// Installs the handler for all of them and for `others`, and unblocks them: a program inherits the signal mask of
    /// the thread that starts it, and threads of a thread pool block these signals.
    static func handle(also others: [Int32] = [], _ handler: @escaping @convention(c) (CInt) -> Void) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in all + others where !isIgnored(number) {
            sigaddset(&signals, number)
            signal(number, handler)
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// nohup ignores SIGHUP, and a shell script ignores SIGINT for its background jobs; that must stay so. SIGPIPE is
    /// always handled.
    private static func isIgnored(_ number: Int32) -> Bool {
        (number == SIGINT || number == SIGHUP) && clinux_is_ignored(number)
    }
}

/// The descriptor that the signal handler writes to. Unsafe on purpose: a handler may take no lock. It is set before
/// the handler is installed, and never again.
private nonisolated(unsafe) var signalWriteEnd: Int32 = -1

/// Signals as bytes in a pipe: polling the pipe together with other descriptors loses no signal, even one that arrives
/// before the poll.
struct SignalPipe {
    /// The descriptor to poll. Only `received` reads it.
    let descriptor: Int32

    /// Installs the handler for the signals that end a command, and for SIGCHLD.
    static func open() throws -> SignalPipe {
        let ends = try Descriptors.pipe()
        for end in [ends.read, ends.write] { _ = fcntl(end.rawValue, F_SETFL, O_NONBLOCK) }
        signalWriteEnd = ends.write.rawValue
        EndSignals.handle(also: [SIGCHLD]) { number in
            let before = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(signalWriteEnd, &byte, 1)
            errno = before
        }
        return SignalPipe(descriptor: ends.read.rawValue)
    }

    /// The signals since the last call.
    func received() -> [Int32] {
        var room = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &room, room.count)
        return room.prefix(max(0, count)).map { Int32($0) }
    }
}
