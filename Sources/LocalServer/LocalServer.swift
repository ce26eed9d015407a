public import ConduitCore
public import Logging
public import NIOCore
import NIOPosix
public import StreamsProtocol

/// The owner of the conduit, as the server sees it. Everything happens on one event loop.
public protocol LocalServerOwner: AnyObject {
    /// Something happened to a port.
    func localServer(_ event: ConduitEvent)
    /// What a port is to be sent next (`Conduit.next`).
    func localServer(next port: PortID, budget: Int, isLate: Bool) -> [UInt8]?
}

/// The Unix socket: accepts, reads lines, writes what is due to each port, closes. It decides nothing.
///
/// Not `Sendable`: it lives on the event loop that it was made with, and is called there only.
public final class LocalServer {
    let loop: any EventLoop
    /// The longest line of the ports that come from now on, in bytes.
    public var lineLimit: Int
    private let logger: Logger
    private var ports: [PortID: PortHandler] = [:]
    private var listener: (any Channel)?
    private var nextPort: UInt64 = 1
    /// Set before `listen`. Strong on purpose: a weak reference costs an atomic operation per use, and this one is used once
    /// per port and turn. Setting it to nil at the end breaks the cycle.
    public var owner: (any LocalServerOwner)?

    /// How much a read may bring. A channel keeps the room of its last read, so it is as much as the client says.
    private static let readSize = 64 << 10

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
            .childChannelOption(.maxMessagesPerRead, value: 2)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: Self.readSize)
            )
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

    /// Writes what is due to these ports, as far as their sockets take it; the rest follows when they can.
    public func write(to due: DuePorts) {
        switch due {
        case .all: for handler in ports.values { handler.pump() }
        case .some(let ids): for id in ids { ports[id]?.pump() }
        }
    }

    /// Says a last thing to a port, if that is still possible, and closes it.
    public func close(_ port: PortID, last: [UInt8]?) { ports[port]?.finish(last) }

    // MARK: For the handlers

    func joined(_ handler: PortHandler, _ peer: Peer) {
        ports[handler.id] = handler
        owner?.localServer(.opened(handler.id, peer, nonce: Self.nonce()))
    }

    func left(_ handler: PortHandler) {
        guard ports.removeValue(forKey: handler.id) != nil else { return }
        owner?.localServer(.closed(handler.id))
    }

    func received(_ event: ConduitEvent) { owner?.localServer(event) }

    // MARK: What is due

    /// The bytes that are to be written to a port next; fewer than it asked for are all there is.
    func next(for handler: PortHandler, budget: Int) -> [UInt8]? {
        owner?.localServer(next: handler.id, budget: budget, isLate: handler.isLate)
    }

    private static func nonce() -> String {
        String(UInt64.random(in: 0..<(1 << 52)), radix: 36)
    }
}
