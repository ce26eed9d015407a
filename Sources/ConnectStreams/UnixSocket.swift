// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A connected, non-blocking Unix stream socket. Every wait has a deadline (nil: none).
final class UnixSocket {
    let descriptor: Int32

    init(path: String, before deadline: ContinuousClock.Instant) throws(ConnectionError) {
        var address = try Self.address(of: path)
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw .system(errno: errno, action: "socket") }
        // All members are set by now: if this throws, `deinit` closes the descriptor.
        try connect(&address, path, before: deadline)
    }

    deinit { close(descriptor) }

    /// Sends all bytes. Returns false if the other side has closed; what it sent before can still be received.
    func send(_ bytes: [UInt8], before deadline: ContinuousClock.Instant) throws(ConnectionError) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                // MSG_NOSIGNAL: a write to a closed socket must not raise SIGPIPE.
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: try wait(for: POLLOUT, before: deadline)
            case EPIPE, ECONNRESET: return false
            default: throw .system(errno: errno, action: "send")
            }
        }
        return true
    }

    /// Sends as many bytes as the socket takes without waiting. Returns their number; nil if the other side has closed.
    func trySend(_ bytes: [UInt8]) throws(ConnectionError) -> Int? {
        while true {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            case EPIPE, ECONNRESET: return nil
            default: throw .system(errno: errno, action: "send")
            }
        }
    }

    /// Receives what has arrived, and waits for the first byte; 0 at the end of the stream. The wait ends with
    /// `.interrupted` if it is interrupted.
    func receive(
        into buffer: UnsafeMutableRawBufferPointer, before deadline: ContinuousClock.Instant?,
        interruption: WaitInterruption? = nil
    ) throws(ConnectionError) -> Int {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: try wait(for: POLLIN, before: deadline, interruption)
            case ECONNRESET: return 0
            default: throw .system(errno: errno, action: "recv")
            }
        }
    }

    private func connect(
        _ address: inout sockaddr_un, _ path: String, before deadline: ContinuousClock.Instant
    ) throws(ConnectionError) {
        while true {
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            if result == 0 { return }
            switch errno {
            case EINTR: continue
            // On Unix sockets EAGAIN means that the listener's backlog is full, and there is nothing to poll for.
            case EAGAIN:
                guard ContinuousClock.now < deadline else { throw .timeout }
                _ = poll(nil, 0, 10)
            case ENOENT, ECONNREFUSED, ENOTDIR: throw .notRunning(path: path)
            case EACCES, EPERM: throw .noPermission(path: path)
            default: throw .system(errno: errno, action: "connect to \(path)")
            }
        }
    }

    private func wait(
        for event: Int32, before deadline: ContinuousClock.Instant?, _ interruption: WaitInterruption? = nil
    ) throws(ConnectionError) {
        let own = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        while true {
            var entries = [own, WaitInterruption.entry(interruption)]
            let count = poll(&entries, 2, Self.milliseconds(until: deadline))
            if count > 0 {
                if entries[0].revents != 0 { return }
                throw .interrupted
            }
            if count < 0, errno != EINTR { throw .system(errno: errno, action: "poll") }
            if let deadline, ContinuousClock.now >= deadline { throw .timeout }
        }
    }

    /// The timeout for poll(2); -1 for none. Fractions are rounded up: otherwise the wait would spin through the last
    /// millisecond.
    static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let (seconds, attoseconds) = (deadline - ContinuousClock.now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    private static func address(of path: String) throws(ConnectionError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .pathTooLong(path: path) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }
}
