import Glibc
import NIOCore
import Testing

@testable import LocalServer

@Suite("Writes to a port's socket")
struct PortOutletTests {
    /// Both ends of a connection that does not block.
    private final class Pair {
        let ours: CInt
        private(set) var theirs: CInt

        init() throws {
            var ends: [CInt] = [-1, -1]
            let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
            try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
            (ours, theirs) = (ends[0], ends[1])
        }

        deinit {
            close(ours)
            hangUp()
        }

        func hangUp() {
            if theirs >= 0 { close(theirs) }
            theirs = -1
        }

        /// All that has come.
        func read() -> [UInt8] {
            var bytes: [UInt8] = []
            var room = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = recv(theirs, &room, room.count, 0), count > 0 { bytes += room[..<count] }
            return bytes
        }
    }

    private static let long = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }

    @Test("what the socket takes is written, and nothing is left")
    func all() throws {
        let pair = try Pair()
        #expect(PortOutlet(descriptor: pair.ours).write(Array("hello\n".utf8)) == nil)
        #expect(pair.read() == Array("hello\n".utf8))
    }

    @Test("what it does not take is left, and the two make the whole")
    func part() throws {
        let pair = try Pair()
        let outlet = PortOutlet(descriptor: pair.ours)
        let rest = try #require(outlet.write(Self.long))
        #expect(rest.readableBytes < Self.long.count)
        // Full: not a byte more.
        #expect(outlet.write(Array(buffer: rest)) == rest)
        let whole = pair.read() + Array(buffer: rest)
        #expect(whole == Self.long)
    }

    @Test("a client that has gone takes nothing, and is no signal")
    func gone() throws {
        let pair = try Pair()
        pair.hangUp()
        #expect(PortOutlet(descriptor: pair.ours).write(Self.long) == ByteBuffer(bytes: Self.long))
    }

    @Test("nothing overtakes what waits, and what is closed is not written to")
    func notFree() throws {
        let pair = try Pair()
        var outlet = PortOutlet(descriptor: pair.ours)
        outlet.channelIsWaiting(true)
        #expect(!outlet.isFree && outlet.write([0x61]) == ByteBuffer(string: "a"))
        outlet.channelIsWaiting(false)
        #expect(outlet.isFree)
        outlet.close()
        #expect(!outlet.isFree && outlet.write([0x61]) == ByteBuffer(string: "a"))
        #expect(pair.read() == [])
        #expect(!PortOutlet().isFree)
    }
}
