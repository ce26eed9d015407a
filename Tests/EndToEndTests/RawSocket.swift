// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import StreamsProtocol
import Testing

/// A socket without a protocol: sends any bytes, receives lines.
final class RawSocket {
    private let descriptor: CInt
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
        try #require(result == 0, "connect: \(errno)")
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Sends nothing more; the other side can still send.
    func shutDownWriting() { shutdown(descriptor, CInt(SHUT_WR)) }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            try #require(count > 0, "write: \(errno)")
            sent += count
        }
    }

    /// Sends bytes; false once the other side has closed.
    func push(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Reads one byte of what has arrived, like a very slow client. `line` includes it later.
    func readByte() {
        var byte: UInt8 = 0
        if recv(descriptor, &byte, 1, CInt(MSG_DONTWAIT)) == 1 { buffer.append(byte) }
    }

    /// The next line; nil at the end of the connection.
    func line() throws -> String? {
        while true {
            if let newline = buffer.firstIndex(of: 0x0A) {
                defer { buffer.removeSubrange(...newline) }
                return String(decoding: buffer[..<newline], as: UTF8.self)
            }
            var room = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &room, room.count, 0)
            if count == 0 { return nil }
            if count < 0, errno == ECONNRESET { return nil }
            try #require(count > 0, "read: \(errno)")
            buffer += room[..<count]
        }
    }

    /// The next line that contains a text; nil at the end of the connection.
    func line(containing text: String) throws -> String? {
        while let line = try line() { if line.contains(text) { return line } }
        return nil
    }
}
