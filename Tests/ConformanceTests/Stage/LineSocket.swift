// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// A client's Unix socket: writes bytes, reads lines, with a deadline for each wait.
final class LineSocket {
    enum Event {
        case line([UInt8])
        case end
        case timeout
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private var descriptor: CInt
    private var buffer: [UInt8] = []

    init(path: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let failure = errno
            hangUp()
            throw Failure(description: "connect: \(failure)")
        }
    }

    deinit { hangUp() }

    func hangUp() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "write: \(errno)") }
            sent += count
        }
    }

    func next(before deadline: ContinuousClock.Instant) throws -> Event {
        while true {
            if let newline = buffer.firstIndex(of: 0x0A) {
                defer { buffer.removeSubrange(...newline) }
                return .line(Array(buffer[..<newline]))
            }
            guard descriptor >= 0 else { return .end }
            guard isReadable(before: deadline) else { return .timeout }
            var room = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &room, room.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return .end }
            guard count > 0 else { throw Failure(description: "read: \(errno)") }
            buffer += room[..<count]
        }
    }

    private func isReadable(before deadline: ContinuousClock.Instant) -> Bool {
        let left = deadline - .now
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, CInt(max(0, left / .milliseconds(1)).rounded(.up))) > 0
    }
}
