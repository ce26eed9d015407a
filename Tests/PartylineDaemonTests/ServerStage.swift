import ConduitCore
import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import StreamsProtocol
import Testing

@testable import LocalServer

/// A server with a socket of its own, and with a conduit that has no session behind it.
final class ServerStage {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let loop: any EventLoop
    private let owner: NIOLoopBound<ServerOwner>
    private let place: SocketPlace
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/partyline-\(UInt32.random(in: 0...(.max)))"
        place = try SocketPlace.claim(folder + "/socket")
        let loop = group.next()
        let descriptor = place.descriptor
        let owner = try loop.submit { NIOLoopBound(ServerOwner(loop), eventLoop: loop) }.wait()
        try loop.flatSubmit { owner.value.server.listen(on: descriptor) }.wait()
        self.loop = loop
        self.owner = owner
    }

    deinit {
        let owner = owner
        try? loop.submit { owner.value.server.owner = nil }.wait()
        place.release()
        try? group.syncShutdownGracefully()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Something happens to the conduit.
    func happens(_ event: ConduitEvent) throws {
        let owner = owner
        try loop.submit { owner.value.take(event) }.wait()
    }

    /// From now on there is something to be written in every turn of the loop, and every line takes its time.
    func isBusy(lineTakes time: TimeAmount) throws {
        let owner = owner
        try loop.submit { owner.value.lineTakes = time }.wait()
    }

    /// A client that has been welcomed.
    func connect() throws -> ServerClient {
        let client = try ServerClient(folder + "/socket")
        _ = try client.read(to: "\n")
        return client
    }
}

/// Does what the conduit says, as far as it is the server's to do.
final class ServerOwner: LocalServerOwner {
    let server: LocalServer
    private var conduit: Conduit
    private var uptime: Int64 = 0
    /// Set, it is always busy.
    var lineTakes: TimeAmount?

    init(_ loop: any EventLoop) {
        let settings = ConduitSettings(epoch: "e1", access: AccessRules(ownUid: geteuid(), rules: []))
        conduit = Conduit(settings: settings)
        server = LocalServer(loop: loop, lineLimit: settings.lineLimit, logger: Logger(label: "test"))
        server.owner = self
    }

    func take(_ event: ConduitEvent) {
        uptime += 1
        for action in conduit.handle(event, at: Moment(wall: uptime, uptime: uptime)) {
            switch action {
            case .append(let position, let bytes): server.append(position, bytes)
            case .forget(let positions): server.forget(positions)
            case .reply(let port, let reply, let bytes): server.reply(port, reply, bytes)
            case .close(let port, let last): server.close(port, last: last)
            case .keep, .schedule, .unschedule, .ask, .log: break
            }
        }
    }

    func localServer(_ event: ConduitEvent) {
        if let lineTakes {
            let end = NIODeadline.now() + lineTakes
            while NIODeadline.now() < end {}
        }
        take(event)
    }

    func localServer(port: PortID) -> ConduitCore.Port? { conduit.port(port) }

    func localServer(next port: ConduitCore.Port, budget: Int, isLate: Bool) -> Outgoing {
        conduit.next(for: port, budget: budget, isLate: isLate)
    }

    func localServer(endingOf position: LogPosition) -> [UInt8]? { conduit.ending(of: position) }

    func localServerWillWrite() {}

    func localServerDidWrite() {
        if lineTakes != nil { take(.publish("tick", nil)) }
    }
}

/// The other end, which reads when it is told to.
final class ServerClient {
    private let descriptor: CInt
    private(set) var received: [UInt8] = []

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        let result = try SocketAddress(unixDomainSocketPath: path).withSockAddr { address, size in
            Glibc.connect(descriptor, address, socklen_t(size))
        }
        try #require(result == 0, "connect: \(errno)")
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func broadcast(_ event: String, _ data: String) throws {
        let line = Array(#"{"event":"broadcast","data":{"event":"\#(event)","data":"\#(data)"}}"#.utf8) + [0x0A]
        var sent = 0
        while sent < line.count {
            let count = line[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            try #require(count > 0, "send: \(errno)")
            sent += count
        }
    }

    /// Takes what has come, but not more.
    func take(atMost most: Int) {
        var room = [UInt8](repeating: 0, count: most)
        let count = recv(descriptor, &room, most, CInt(MSG_DONTWAIT))
        if count > 0 { received += room[..<count] }
    }

    /// Reads until all that has been received ends like that. (It must not come up before.)
    @discardableResult
    func read(to end: String) throws -> [UInt8] {
        let end = Array(end.utf8)
        while !received.suffix(end.count).elementsEqual(end) { try #require(receive() > 0, "recv: \(errno)") }
        return received
    }

    /// Reads until there is that text in what it receives, however much else comes; it keeps nothing.
    func receives(_ text: String, within time: TimeAmount) throws -> Bool {
        let text = Data(text.utf8)
        let deadline = NIODeadline.now() + time
        while NIODeadline.now() < deadline {
            received.removeFirst(max(0, received.count - text.count))
            try #require(receive() > 0, "recv: \(errno)")
            if Data(received).range(of: text) != nil { return true }
        }
        return false
    }

    /// Reads until the other end has closed.
    func readAll() throws -> String {
        while case let count = receive(), count != 0 { try #require(count > 0, "recv: \(errno)") }
        return String(decoding: received, as: UTF8.self)
    }

    private func receive() -> Int {
        var room = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &room, room.count, 0)
        if count > 0 { received += room[..<count] }
        return count
    }
}
