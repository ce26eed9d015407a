import CLinux
import ConduitCore
import Glibc
import NIOCore

/// Reads who connected.
enum PeerCredentials {
    /// The peer, or nil if the kernel does not say. On the channel's event loop the future is complete at once.
    static func of(_ channel: any Channel) -> EventLoopFuture<Peer?> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededFuture(nil)
        }
        let asked: EventLoopFuture<clinux_ucred> = options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: clinux_so_peercred))
        return asked.map { Self.peer($0) }.flatMapErrorThrowing { _ in nil }
    }

    private static func peer(_ credentials: clinux_ucred) -> Peer {
        Peer(
            pid: credentials.pid, uid: credentials.uid, groups: [credentials.gid],
            program: program(of: credentials.pid))
    }

    /// The process' short name from /proc; nil where it is gone or hidden.
    private static func program(of pid: Int32) -> String? {
        let file = open("/proc/\(pid)/comm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self)
    }
}
