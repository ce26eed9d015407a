// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConduitCore
import Foundation
import Glibc
import NIOCore
import NIOPosix
import StreamsProtocol
import Testing

@testable import LocalServer

/// A server with its own socket, and a conduit without a session.
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

    private static func listener(_ path: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        let result = try SocketAddress(unixDomainSocketPath: path).withSockAddr { bind(descriptor, $0, socklen_t($1)) }
        try #require(result == 0 && Glibc.listen(descriptor, 16) == 0, "bind: \(errno)")
        return descriptor
    }

    /// Handles the events in one turn of the loop.
    func handle(_ events: ConduitEvent...) throws {
        let owner = owner
        try loop.submit { for event in events { owner.value.handle(event) } }.wait()
    }

    /// Keeps the loop busy from the next line on: each turn schedules a write, so that the loop does not poll its sockets,
    /// and each line takes `time`. The future succeeds after `count` lines and fails after `turns` turns.
    func keepBusy(lineTakes time: TimeAmount, until count: Int, turns: Int) throws -> EventLoopFuture<Void> {
        let owner = owner
        let done = loop.makePromise(of: Void.self)
        let work = ServerOwner.Work(left: count, turns: turns, done: done)
        try slowDown(lineTakes: time)
        try loop.submit { owner.value.work = work }.wait()
        return done.futureResult
    }

    /// Publishes an event in the middle of writing to ports, once per turn, this many times.
    func publishDuringWrites(times: Int) throws {
        let owner = owner
        try loop.submit { owner.value.publications = times }.wait()
    }

    func slowDown(lineTakes time: TimeAmount) throws {
        let owner = owner
        try loop.submit { owner.value.lineTakes = time }.wait()
    }

    /// Sends a line of that client while the server handles the line of that number, counted over all clients.
    func send(_ text: String, of client: ServerClient, duringLine line: Int) throws {
        let owner = owner
        let descriptor = client.descriptor
        try loop.submit { owner.value.interjection = .init(line: line, text: text, descriptor: descriptor) }.wait()
    }

    /// Runs `body` while the loop is blocked: the server then finds everything that `body` did at once.
    func whileBlocked(_ body: () throws -> Void) rethrows {
        let entered = DispatchSemaphore(value: 0)
        let end = DispatchSemaphore(value: 0)
        loop.execute {
            entered.signal()
            end.wait()
        }
        entered.wait()
        defer { end.signal() }
        try body()
    }

    func portCount() throws -> Int {
        let owner = owner
        return try loop.submit { owner.value.portCount }.wait()
    }

    func persistCount() throws -> Int {
        let owner = owner
        return try loop.submit { owner.value.persistCount }.wait()
    }

    /// A client that has received its `acknowledge`.
    func connect() throws -> ServerClient {
        let client = try ServerClient(path)
        _ = try client.read(to: "\n")
        return client
    }
}

/// Executes the actions of the conduit that concern the server.
final class ServerOwner: LocalServerOwner {
    let server: LocalServer
    private var conduit: Conduit
    private var uptime: Int64 = 0
    /// If it is set, the loop is kept busy.
    var work: Work?
    /// The remaining number of events to publish during writes.
    var publications = 0
    var interjection: Interjection?
    var lineTakes = TimeAmount.zero
    private var linesHandled = 0
    private let loop: any EventLoop
    private var writes = 0
    private var isTurnEndDue = false
    private(set) var persistCount = 0

    struct Work {
        var left: Int
        var turns: Int
        let done: EventLoopPromise<Void>
    }

    struct Interjection {
        let line: Int
        let text: String
        let descriptor: CInt
    }

    struct TooManyTurns: Error {}

    var portCount: Int { conduit.status.ports.list.count }

    init(_ loop: any EventLoop) {
        var settings = ConduitSettings(epoch: "e1", access: AccessRules(ownUid: geteuid(), rules: []))
        settings.keepsState = true
        conduit = Conduit(settings: settings)
        self.loop = loop
        server = LocalServer(loop: loop, lineLimit: settings.lineLimit)
        server.owner = self
    }

    func handle(_ event: ConduitEvent) {
        uptime += 1
        for action in conduit.handle(event, at: Moment(wall: uptime, uptime: uptime)) {
            switch action {
            case .write(let port): server.write(to: .some([port]))
            case .close(let port, let last): server.close(port, last: last)
            case .finish(let port): server.finish(port)
            case .schedule, .unschedule, .ask, .sync, .log: break
            }
        }
        guard conduit.hasOutput, !isTurnEndDue else { return }
        isTurnEndDue = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.endTurn() }
    }

    private func endTurn() {
        // The test has ended.
        guard server.owner != nil else { return }
        isTurnEndDue = false
        writes = 0
        persist()
        server.write(to: conduit.takeDuePorts())
        guard let work else { return }
        self.work?.turns -= 1
        if work.turns == 0 { work.done.fail(TooManyTurns()) }
        handle(.publish("tick", nil))
    }

    private func persist() {
        conduit.persist { _ in
            persistCount += 1
            return true
        }
    }

    func localServer(_ event: ConduitEvent) {
        switch event {
        case .line: spendTime(1)
        case .lines(_, let lines): spendTime(lines.count)
        default: break
        }
        handle(event)
    }

    private func spendTime(_ count: Int) {
        linesHandled += count
        if let interjection, linesHandled >= interjection.line {
            self.interjection = nil
            let line = Array(interjection.text.utf8) + [0x0A]
            _ = line.withUnsafeBytes { Glibc.send(interjection.descriptor, $0.baseAddress, $0.count, 0) }
        }
        let end = NIODeadline.now() + .nanoseconds(lineTakes.nanoseconds * Int64(count))
        while NIODeadline.now() < end {}
        guard let work else { return }
        self.work?.left -= count
        if work.left == count { work.done.succeed() }
    }

    func localServer(cannotAccept error: IOError) {}

    func localServer(next port: PortID, budget: Int, isLate: Bool) -> [UInt8]? {
        persist()
        writes += 1
        if publications > 0, writes == 3 {
            publications -= 1
            handle(.publish("grown", RawJSON(.int(publications))))
            persist()
        }
        return conduit.next(for: port, budget: budget, isLate: isLate)
    }
}

/// A client that reads only on request.
final class ServerClient {
    private(set) var descriptor: CInt
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

    deinit { hangUp() }

    func hangUp() {
        close(descriptor)
        descriptor = -1
    }

    func broadcast(_ event: String, _ data: String) throws {
        try send(#"{"event":"broadcast","data":{"event":"\#(event)","data":"\#(data)"}}"#)
    }

    func send(_ text: String) throws {
        let line = Array(text.utf8) + [0x0A]
        var sent = 0
        while sent < line.count {
            let count = line[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            try #require(count > 0, "send: \(errno)")
            sent += count
        }
    }

    /// Sends a request and reads until the reply begins to arrive.
    func request(_ method: String, _ params: String = "{}") throws {
        try send(#"{"event":"partyline::request","data":{"requestId":1,"method":"\#(method)","params":\#(params)}}"#)
        while !received.contains(subsequence: Array(#""requestId":1"#.utf8)) {
            try #require(receive() > 0, "recv: \(errno)")
        }
    }

    /// Receives what has arrived, without blocking.
    func receive(atMost most: Int) {
        var room = [UInt8](repeating: 0, count: most)
        let count = recv(descriptor, &room, most, CInt(MSG_DONTWAIT))
        if count > 0 { received += room[..<count] }
    }

    /// Reads until the received bytes end with that text, which must not occur earlier.
    @discardableResult
    func read(to end: String) throws -> [UInt8] {
        let end = Array(end.utf8)
        while !received.suffix(end.count).elementsEqual(end) { try #require(receive() > 0, "recv: \(errno)") }
        return received
    }

    /// Reads until an event of that name has arrived; returns the names of the test's events, in order.
    func names(to end: String) throws -> [String] {
        while !received.suffix(200).contains(subsequence: Array(#"{"event":"\#(end)""#.utf8)) || received.last != 0x0A {
            try #require(receive() > 0, "recv: \(errno)")
        }
        return names
    }

    /// Reads until that many of the test's events have arrived; returns their names, in order.
    func names(count: Int) throws -> [String] {
        while names.count < count || received.last != 0x0A { try #require(receive() > 0, "recv: \(errno)") }
        return names
    }

    private var names: [String] {
        received.split(separator: 0x0A).compactMap { line in
            let name = line.dropFirst(10).prefix { $0 != UInt8(ascii: "\"") }
            let text = String(decoding: name, as: UTF8.self)
            return text.wholeMatch(of: /grown|end|e[0-9]+/) != nil ? text : nil
        }
    }

    /// Reads until the daemon closes the connection.
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
