import ConduitCore
import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import LocalServer

@Suite("Who connected")
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

    @Test("the supplementary groups are read, however little room is offered first", arguments: [0, 1, 2, 32])
    func groups(_ room: Int) throws {
        let (one, other) = try pair()
        defer {
            close(one)
            close(other)
        }
        #expect(PeerCredentials.supplementaryGroups(of: one, room: room).sorted() == Self.ownGroups)
    }

    @Test("what is no socket has no groups")
    func noSocket() throws {
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        #expect(PeerCredentials.supplementaryGroups(of: file).isEmpty)
        #expect(PeerCredentials.supplementaryGroups(of: -1).isEmpty)
    }

    @Test("a connection's peer has its process, its user, and its groups with the first one in front, each once")
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
