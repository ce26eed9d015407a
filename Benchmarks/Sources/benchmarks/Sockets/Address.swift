// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The address of a server.
enum Address: Equatable {
    case unix(String)
    /// A port of 127.0.0.1.
    case loopback(UInt16)

    /// Connects a blocking socket.
    func connect() throws(Failure) -> Descriptor {
        let isUnix = if case .unix = self { true } else { false }
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let descriptor = Descriptor(socket(isUnix ? AF_UNIX : AF_INET, kind, 0))
        guard descriptor.number >= 0 else { throw Failure("no socket: \(Self.errorText)") }
        let result =
            switch self {
            case .unix(let path): Self.withUnix(path) { Glibc.connect(descriptor.number, $0, $1) }
            case .loopback(let port): Self.withLoopback(port) { Glibc.connect(descriptor.number, $0, $1) }
            }
        guard result == 0 else { throw Failure("cannot connect to \(self): \(Self.errorText)") }
        if !isUnix {
            var on: CInt = 1
            setsockopt(descriptor.number, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
        }
        return descriptor
    }

    var isListening: Bool { (try? connect()) != nil }

    /// A free port. Another process may take it before it is used.
    static func freePort() throws(Failure) -> UInt16 {
        let descriptor = Descriptor(socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0))
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withLoopback(0) { bind(descriptor.number, $0, $1) } == 0
        let isKnown = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor.number, $0, &length) }
        }
        guard isBound, isKnown == 0 else { throw Failure("no free port: \(errorText)") }
        return UInt16(bigEndian: address.sin_port)
    }

    static var errorText: String { String(cString: strerror(errno)) }

    static func withUnix(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { buffer in
            buffer.copyBytes(from: path.utf8.prefix(buffer.count - 1))
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func withLoopback(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// A file descriptor that is closed with its last reference.
final class Descriptor {
    let number: CInt

    init(_ number: CInt) { self.number = number }

    deinit { if number >= 0 { close(number) } }

    /// Sets O_NONBLOCK.
    func stopBlocking() {
        let flags = fcntl(number, F_GETFL)
        _ = fcntl(number, F_SETFL, flags | O_NONBLOCK)
    }
}
