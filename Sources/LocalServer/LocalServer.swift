public import ConduitCore
public import Logging
public import NIOCore
import NIOPosix

/// The owner of the conduit, as the server sees it. Everything happens on one event loop.
public protocol LocalServerOwner: AnyObject {
    /// Something happened to a port.
    func localServer(_ event: ConduitEvent)
    /// What a port is to be sent next.
    func localServer(next port: PortID, budget: Int) -> [OutgoingItem]
}

/// The Unix socket: accepts, reads lines, writes from the log at each port's cursor. It decides nothing.
///
/// Not `Sendable`: it lives on the event loop that it was made with, and is called there only.
public final class LocalServer {
    private let loop: any EventLoop
    private let lineLimit: Int
    private let logger: Logger
    private var store = LineStore()
    private var ports: [PortID: PortHandler] = [:]
    private var listener: (any Channel)?
    private var nextPort: UInt64 = 1
    private var isWakePending = false
    /// Whoever owns the conduit; set before `listen`.
    public weak var owner: (any LocalServerOwner)?

    /// Bytes that are handed to a channel in one go; beyond that its own readiness is waited for.
    private static let budget = 256 << 10

    /// A server that does not listen yet.
    public init(loop: any EventLoop, lineLimit: Int, logger: Logger) {
        self.loop = loop
        self.lineLimit = lineLimit
        self.logger = logger
    }

    // MARK: Listening

    /// Listens on a socket that was made already, by `SocketPlace` or by systemd.
    public func listen(on descriptor: CInt) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let server = bound.value
                    try channel.pipeline.syncOperations.addHandler(server.makeHandler())
                }
            }
            .withBoundSocket(descriptor)
            .map { bound.value.listener = $0 }
    }

    /// Takes no more connections.
    public func stopListening() -> EventLoopFuture<Void> {
        listener?.close() ?? loop.makeSucceededVoidFuture()
    }

    /// Done when every port has been told its last and is gone.
    public func drained() -> EventLoopFuture<Void> {
        EventLoopFuture.andAllComplete(ports.values.compactMap(\.closed), on: loop)
    }

    private func makeHandler() -> PortHandler {
        let id = PortID(number: nextPort)
        nextPort += 1
        return PortHandler(id: id, server: self, lineLimit: lineLimit)
    }

    // MARK: Actions

    /// Keeps a line of the log, and wakes the ports.
    public func append(_ position: LogPosition, _ bytes: [UInt8]) {
        store.append(position, bytes)
        wake()
    }

    /// Lets go of lines before this one.
    public func discard(before position: LogPosition) { store.discard(before: position) }

    /// Keeps a reply, and wakes its port.
    public func reply(_ port: PortID, _ reply: ReplyID, _ bytes: [UInt8]) {
        guard let handler = ports[port] else { return }
        store.keep(reply, bytes)
        handler.openReplies.insert(reply)
        wake()
    }

    /// Says a last thing to a port, if that is still possible, and closes it.
    public func close(_ port: PortID, last: [UInt8]?) { ports[port]?.finish(last) }

    /// Writes are gathered: however much happens in one turn of the loop, each port is written to once, at its end.
    private func wake() {
        guard !isWakePending else { return }
        isWakePending = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute {
            let server = bound.value
            server.isWakePending = false
            for handler in server.ports.values { handler.pump() }
        }
    }

    // MARK: For the handlers

    func joined(_ handler: PortHandler, _ peer: Peer) {
        ports[handler.id] = handler
        owner?.localServer(.opened(handler.id, peer, nonce: Self.nonce()))
    }

    func left(_ handler: PortHandler) {
        for reply in handler.openReplies { store.forget(reply) }
        guard ports.removeValue(forKey: handler.id) != nil else { return }
        owner?.localServer(.closed(handler.id))
    }

    func received(_ event: ConduitEvent) { owner?.localServer(event) }

    /// Buffers to be written to a port now.
    func next(for handler: PortHandler) -> [ByteBuffer] {
        guard let items = owner?.localServer(next: handler.id, budget: Self.budget) else { return [] }
        return items.compactMap { item in
            if case .reply(let id) = item { handler.openReplies.remove(id) }
            return store.take(item)
        }
    }

    private static func nonce() -> String {
        String(UInt64.random(in: 0..<(1 << 52)), radix: 36)
    }
}
