// SPDX-License-Identifier: Apache-2.0
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Writes log lines to a descriptor, on a thread of NIO's pool for blocking calls: a pipe that is not read blocks only this
/// thread.
final class LogWriter: Sendable {
    private struct State {
        var queue = LogQueue()
        /// True while the thread has been asked to write and has not finished.
        var isWriting = false
    }

    private let state = Mutex(State())
    private let descriptor: CInt
    private let format: LogFormat

    init(descriptor: CInt = STDERR_FILENO, format: LogFormat) {
        self.descriptor = descriptor
        self.format = format
    }

    /// Lines lost because the log is not read.
    var dropped: Int { state.withLock { $0.queue.dropped } }

    /// Queues a line. Never blocks.
    func write(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) {
        let line = format.line(level, message, metadata)
        let mustStart = state.withLock { state in
            state.queue.add(line)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { NIOThreadPool.singleton.submit { [self] _ in writeAll() } }
    }

    /// Waits until all lines are written, at most `limit`. For the end of the process.
    func flush(limit: TimeAmount = .milliseconds(200)) {
        let end = NIODeadline.now() + limit
        while state.withLock({ $0.isWriting }), NIODeadline.now() < end { usleep(1_000) }
    }

    private func writeAll() {
        while let (lines, dropped) = next() {
            writeFully(lines)
            guard dropped > 0 else { continue }
            writeFully(
                format.line(.warning, "log lines were lost, because the log was not read", ["count": "\(dropped)"]))
        }
    }

    private func next() -> (lines: [UInt8], dropped: Int)? {
        state.withLock { state in
            state.isWriting = !state.queue.isEmpty
            return state.isWriting ? state.queue.take() : nil
        }
    }

    private func writeFully(_ bytes: [UInt8]) {
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
                return
            }
        }
    }
}
