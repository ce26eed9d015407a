import CLinux
import Glibc
import SystemPackage

/// The signals that ask a command to end: Ctrl-C, `kill`, a closed terminal, a reader that went away.
enum EndSignals {
    static let all = [SIGINT, SIGTERM, SIGHUP, SIGPIPE]

    /// Handles them all, and some others as well. They are unblocked first: a parent that starts us from a thread which
    /// blocks them, as thread pools do, hands its mask down.
    static func handle(also others: [Int32] = [], _ handler: @escaping @convention(c) (CInt) -> Void) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in all + others where !isIgnored(number) {
            sigaddset(&signals, number)
            signal(number, handler)
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// nohup, and a script that starts us in its background, ignore these two for us. (SIGPIPE is always for us.)
    private static func isIgnored(_ number: Int32) -> Bool {
        (number == SIGINT || number == SIGHUP) && clinux_is_ignored(number)
    }
}

/// The descriptor that the signal handler writes to. Unsafe on purpose: a handler may take no lock, and this is set before the
/// handler is installed and never again.
private nonisolated(unsafe) var inlet: Int32 = -1

/// Signals as bytes of a pipe: a wait that also watches the pipe ends when one comes, and none is lost before it.
struct SignalPipe {
    /// To be watched; what can be read here is for `received`.
    let descriptor: Int32

    /// Takes over the signals that end a command, and those that children send.
    static func open() throws -> SignalPipe {
        let ends = try Descriptors.pipe()
        for end in [ends.read, ends.write] { _ = fcntl(end.rawValue, F_SETFL, O_NONBLOCK) }
        inlet = ends.write.rawValue
        EndSignals.handle(also: [SIGCHLD]) { number in
            let before = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(inlet, &byte, 1)
            errno = before
        }
        return SignalPipe(descriptor: ends.read.rawValue)
    }

    /// The signals that have come since the last look.
    func received() -> [Int32] {
        var room = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &room, room.count)
        return room.prefix(max(0, count)).map { Int32($0) }
    }
}
