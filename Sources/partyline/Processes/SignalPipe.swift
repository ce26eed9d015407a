import Glibc

/// Where the handler writes; a signal handler may do nothing more than that.
private nonisolated(unsafe) var inlet: Int32 = -1

/// Signals as bytes of a pipe: a wait that also watches the pipe ends when one comes, and none is lost before it.
struct SignalPipe {
    /// To be watched; what can be read here is for `received`.
    let descriptor: Int32

    /// Takes over the signals that end a command, and those that children send.
    static func open() throws -> SignalPipe {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw CommandFailure(status: .failure, message: "no pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        inlet = ends[1]
        EndSignals.handle(also: [SIGCHLD]) { number in
            let before = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(inlet, &byte, 1)
            errno = before
        }
        return SignalPipe(descriptor: ends[0])
    }

    /// The signals that have come since the last look.
    func received() -> [Int32] {
        var room = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &room, room.count)
        return room.prefix(max(0, count)).map { Int32($0) }
    }
}
