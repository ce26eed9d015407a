// SPDX-License-Identifier: Apache-2.0
import CLinux
import ConduitCore
import Glibc
import NIOCore

/// Identifies the process at the other end of a connection.
enum PeerCredentials {
    /// The peer, or nil if the kernel does not report it. On the channel's event loop the future completes at once.
    static func of(_ channel: any Channel) -> EventLoopFuture<Peer?> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededFuture(nil)
        }
        let others = supplementaryGroups(of: channel)
        let asked: EventLoopFuture<clinux_ucred> = options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: clinux_so_peercred))
        return asked.map { Self.peer($0, others) }.flatMapErrorThrowing { _ in nil }
    }

    private static func peer(_ credentials: clinux_ucred, _ others: [UInt32]) -> Peer {
        Peer(
            pid: credentials.pid, uid: credentials.uid,
            groups: [credentials.gid] + others.filter { $0 != credentials.gid },
            program: program(of: credentials.pid))
    }

    // MARK: Groups

    /// Reads the list from the socket directly, because NIO supports only socket options of a fixed size. If that fails, as
    /// on kernels before 4.13, only the primary group is known.
    private static func supplementaryGroups(of channel: any Channel) -> [UInt32] {
        let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            supplementaryGroups(of: $0)
        }
        return found ?? []
    }

    /// The supplementary groups of a socket's peer; empty if the kernel does not report them.
    ///
    /// - Parameter room: the number of groups in the first attempt.
    static func supplementaryGroups(of descriptor: CInt, room: Int = 32) -> [UInt32] {
        var groups = [UInt32](repeating: 0, count: room)
        // The list was fixed when the peer connected, so the size that the first attempt reports suffices for the second.
        for _ in 0..<2 {
            var bytes = UInt32(groups.count * MemoryLayout<UInt32>.stride)
            let result = clinux_peer_groups(descriptor, &groups, &bytes)
            let count = Int(bytes) / MemoryLayout<UInt32>.stride
            if result == 0 { return Array(groups.prefix(count)) }
            guard errno == ERANGE, count > groups.count else { return [] }
            groups = [UInt32](repeating: 0, count: count)
        }
        return []
    }

    // MARK: The program

    /// The process's short name from /proc; nil if the process is gone or hidden.
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
