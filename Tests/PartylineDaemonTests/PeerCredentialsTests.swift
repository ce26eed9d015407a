// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import LocalServer

@Suite("Peer credentials")
struct PeerCredentialsTests {
    /// This process' own supplementary groups.
    private static var ownGroups: [UInt32] {
        var groups = [gid_t](repeating: 0, count: Int(getgroups(0, nil)))
        let count = getgroups(CInt(groups.count), &groups)
        return Array(groups.prefix(Int(max(0, count)))).sorted()
    }

    private func pair() throws -> (CInt, CInt) {
        var ends: [CInt] = [0, 0]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
        return (ends[0], ends[1])
    }

    @Test("supplementary groups are read with any initial buffer size", arguments: [0, 1, 2, 32])
    func groups(_ room: Int) throws {
        let (one, other) = try pair()
        defer {
            close(one)
            close(other)
        }
        #expect(PeerCredentials.supplementaryGroups(of: one, room: room).sorted() == Self.ownGroups)
    }

    @Test("a descriptor that is not a socket has no groups")
    func noSocket() throws {
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(PeerCredentials.supplementaryGroups(of: file).isEmpty)
        #expect(PeerCredentials.supplementaryGroups(of: -1).isEmpty)
    }

    @Test("a peer has pid, uid and groups; the primary group comes first and appears once")
    func peer() async throws {
        let (one, other) = try pair()
        defer { close(other) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try await ClientBootstrap(group: group).withConnectedSocket(one).get()
        let peer = try #require(try await channel.eventLoop.flatSubmit { PeerCredentials.of(channel) }.get())
        #expect(peer.pid == getpid())
        #expect(peer.uid == geteuid())
        #expect(peer.groups.first == getegid())
        #expect(peer.groups.dropFirst().sorted() == Self.ownGroups.filter { $0 != getegid() })
        #expect(peer.program != nil)
        try await channel.close()
        try await group.shutdownGracefully()
    }
}
