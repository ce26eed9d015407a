import AgentModel
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
    private let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/partyline-\(UInt32.random(in: 0...(.max)))"
        let descriptor = try Self.listener(path)
        let loop = group.next()
        let owner = try loop.submit { NIOLoopBound(ServerOwner(loop), eventLoop: loop) }.wait()
        try loop.flatSubmit { owner.value.server.listen(on: descriptor) }.wait()
        self.loop = loop
        self.owner = owner
    }

    deinit {
        let owner = owner
        try? loop.submit { owner.value.server.owner = nil }.wait()
        try? group.syncShutdownGracefully()
        unlink(path)
    }

    /// Not by `SocketPlace`: for that the mask of the whole process is another for a moment, and other tests run.
    private static func listener(_ path: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        let result = try SocketAddress(unixDomainSocketPath: path).withSockAddr { bind(descriptor, $0, socklen_t($1)) }
        try #require(result == 0 && Glibc.listen(descriptor, 16) == 0, "bind: \(errno)")
        return descriptor
    }

    /// Something happens to the conduit, in one turn of the loop.
    func happens(_ events: ConduitEvent...) throws {
        let owner = owner
        try loop.submit { for event in events { owner.value.take(event) } }.wait()
    }

    /// From the first line on there is something to be written in every turn of the loop, which then does not look at its
    /// sockets any more, and every line takes its time. Done when so many have been heard; fails after so many turns.
    func isBusy(lineTakes time: TimeAmount, until count: Int, turns: Int) throws -> EventLoopFuture<Void> {
        let owner = owner
        let heard = loop.makePromise(of: Void.self)
        let work = ServerOwner.Work(lineTakes: time, left: count, turns: turns, done: heard)
        try loop.submit { owner.value.work = work }.wait()
        return heard.futureResult
    }

    /// So many times, once in a turn, something is said while ports are being written to.
    func grows(times: Int) throws {
        let owner = owner
        try loop.submit { owner.value.growths = times }.wait()
    }

    /// How often something was kept.
    func kept() throws -> Int {
        let owner = owner
        return try loop.submit { owner.value.kept }.wait()
    }

    /// A client that has been welcomed.
    func connect() throws -> ServerClient {
        let client = try ServerClient(path)
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
    var work: Work?
    /// How many times more something is said in the middle of a turn.
    var growths = 0
    private let loop: any EventLoop
    private var writes = 0
    private var isTurnEndDue = false
    /// How often something was kept.
    private(set) var kept = 0

    struct Work {
        let lineTakes: TimeAmount
        var left: Int
        var turns: Int
        let done: EventLoopPromise<Void>
    }

    struct NotHeard: Error {}

    init(_ loop: any EventLoop) {
        var settings = ConduitSettings(epoch: "e1", access: AccessRules(ownUid: geteuid(), rules: []))
        settings.keepsState = true
        conduit = Conduit(settings: settings)
        self.loop = loop
        server = LocalServer(loop: loop, lineLimit: settings.lineLimit, logger: Logger(label: "test"))
        server.owner = self
    }

    func take(_ event: ConduitEvent) {
        uptime += 1
        for action in conduit.handle(event, at: Moment(wall: uptime, uptime: uptime)) {
            switch action {
            case .write(let port): server.write(to: .some([port]))
            case .close(let port, let last): server.close(port, last: last)
            case .schedule, .unschedule, .ask, .sync, .log: break
            }
        }
        guard conduit.hasOutput, !isTurnEndDue else { return }
        isTurnEndDue = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.endTurn() }
    }

    private func endTurn() {
        // At the end of a test, however busy it was.
        guard server.owner != nil else { return }
        isTurnEndDue = false
        writes = 0
        persist()
        server.write(to: conduit.takeDuePorts())
        guard let work else { return }
        self.work?.turns -= 1
        if work.turns == 0 { work.done.fail(NotHeard()) }
        take(.publish("tick", nil))
    }

    private func persist() {
        conduit.persist { _ in
            kept += 1
            return true
        }
    }

    func localServer(_ event: ConduitEvent) {
        switch event {
        case .line: hear(1)
        case .lines(_, let lines): hear(lines.count)
        default: break
        }
        take(event)
    }

    private func hear(_ count: Int) {
        guard let work else { return }
        let end = NIODeadline.now() + .nanoseconds(work.lineTakes.nanoseconds * Int64(count))
        while NIODeadline.now() < end {}
        self.work?.left -= count
        if work.left == count { work.done.succeed() }
    }

    func localServer(next port: PortID, budget: Int, isLate: Bool) -> [UInt8]? {
        persist()
        writes += 1
        if growths > 0, writes == 3 {
            growths -= 1
            take(.publish("grown", RawJSON(.int(growths))))
            persist()
        }
        return conduit.next(for: port, budget: budget, isLate: isLate)
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
        try say(#"{"event":"broadcast","data":{"event":"\#(event)","data":"\#(data)"}}"#)
    }

    func say(_ text: String) throws {
        let line = Array(text.utf8) + [0x0A]
        var sent = 0
        while sent < line.count {
            let count = line[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            try #require(count > 0, "send: \(errno)")
            sent += count
        }
    }

    /// Asks for something, and reads until the answer has begun to come.
    func ask(_ method: String, _ params: String = "{}") throws {
        try say(#"{"event":"partyline::request","data":{"requestId":1,"method":"\#(method)","params":\#(params)}}"#)
        while !received.contains(subsequence: Array(#""requestId":1"#.utf8)) {
            try #require(receive() > 0, "recv: \(errno)")
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

    /// Reads until an event of that name has come; the names of what was broadcast or grew, in order.
    func names(to end: String) throws -> [String] {
        while !received.suffix(200).contains(subsequence: Array(#"{"event":"\#(end)""#.utf8)) || received.last != 0x0A {
            try #require(receive() > 0, "recv: \(errno)")
        }
        return received.split(separator: 0x0A).compactMap { line in
            let name = line.dropFirst(10).prefix { $0 != UInt8(ascii: "\"") }
            let text = String(decoding: name, as: UTF8.self)
            return text == "grown" || text == end || text.wholeMatch(of: /e[0-9]+/) != nil ? text : nil
        }
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

extension Collection<UInt8> {
    func contains(subsequence: [UInt8]) -> Bool { Data(self).range(of: Data(subsequence)) != nil }
}
