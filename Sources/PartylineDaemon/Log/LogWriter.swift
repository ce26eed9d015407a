// SPDX-License-Identifier: Apache-2.0
import Glibc
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Writes log lines to a descriptor, on a thread of NIO's pool for blocking calls: a pipe that is not read blocks only this
/// thread.
final class LogWriter: Sendable {
    private struct State {
        var queue = LogQueue()
        /// True while the thread has been asked to write and has not finished.
        var isWriting = false
    }

    /// Not a `Mutex`: ThreadSanitizer does not know it, and would report each access.
    private let state = NIOLockedValueBox(State())
    private let descriptor: CInt
    private let format: LogFormat

    init(descriptor: CInt = STDERR_FILENO, format: LogFormat) {
        self.descriptor = descriptor
        self.format = format
    }

    /// Lines lost because the log is not read or cannot be written.
    var dropped: Int { state.withLockedValue { $0.queue.dropped } }

    /// Queues a line. Never blocks.
    func write(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) {
        let line = format.line(level, message, metadata)
        let mustStart = state.withLockedValue { state in
            state.queue.add(line)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { NIOThreadPool.singleton.submit { [self] _ in writeAll() } }
    }

    /// Waits until all lines are written, at most `limit`. For the end of the process.
    func flush(limit: TimeAmount = .milliseconds(200)) {
        let end = NIODeadline.now() + limit
        // Polls: it happens once, in a process that has nothing else to do, and a lock with a condition would cost each line.
        while state.withLockedValue({ $0.isWriting }), NIODeadline.now() < end { usleep(1_000) }
    }

    private func writeAll() {
        while let (lines, dropped) = next() {
            if !writeFully(lines) {
                state.withLockedValue { $0.queue.failed(lines.count { $0 == UInt8(ascii: "\n") }) }
            }
            guard dropped > 0 else { continue }
            let count: Logger.Metadata = ["count": "\(dropped)"]
            _ = writeFully(format.line(.warning, "log lines were lost, because the log was not read", count))
        }
    }

    private func next() -> (lines: [UInt8], dropped: Int)? {
        state.withLockedValue { state in
            state.isWriting = !state.queue.isEmpty
            return state.isWriting ? state.queue.take() : nil
        }
    }

    /// False if not everything could be written, for example because the disk is full.
    private func writeFully(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // The descriptor was inherited as non-blocking.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
