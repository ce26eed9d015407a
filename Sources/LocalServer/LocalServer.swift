// SPDX-License-Identifier: Apache-2.0
public import ConduitCore
import Glibc
public import NIOCore
import NIOPosix
public import StreamsProtocol

/// Receives the server's events and supplies each port's output. All calls happen on the server's event loop.
public protocol LocalServerOwner: AnyObject {
    func localServer(_ event: ConduitEvent)
    /// The next bytes for a port (`Conduit.next`).
    func localServer(next port: PortID, budget: Int, isLate: Bool) -> [UInt8]?
    /// Connections cannot be accepted; the server tries again every second. Called once, until one has been accepted.
    func localServer(cannotAccept error: IOError)
}

/// The server on the Unix socket: accepts connections, reads lines, writes pending output and closes connections. The owner
/// decides what is sent and which connections are closed; the server decides when a port is read and written.
///
/// Not `Sendable`: it must be used on its event loop only.
public final class LocalServer {
    private let loop: any EventLoop
    /// The longest line of future connections, in bytes.
    public var lineLimit: Int
    private var ports: [PortID: PortHandler] = [:]
    private var listener: (any Channel)?
    private var nextPort: UInt64 = 1
    /// True from a failed accept to the next connection.
    private var isFull = false
    /// Ports whose backlog waits for a turn; the first one has the next turn.
    private var paused: CircularBuffer<PortHandler> = []
    /// Set before `listen`. Strong on purpose: a weak reference costs an atomic operation per use, and this one is used once
    /// per port and turn. Setting it to nil at the end breaks the cycle.
    public var owner: (any LocalServerOwner)?

    /// The largest read. A channel keeps the buffer of its last read, whose size adapts to how much the client sends.
    private static let readSize = 64 << 10

    public init(loop: any EventLoop, lineLimit: Int) {
        self.loop = loop
        self.lineLimit = lineLimit
    }

    // MARK: Listening

    /// Listens on a socket that `SocketPlace` or systemd has created, instead of the one before.
    public func listen(on descriptor: CInt) -> EventLoopFuture<Void> {
        let bound = NIOLoopBound(self, eventLoop: loop)
        return ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value.makeBackoff())
                }
            }
            .childChannelOption(.maxMessagesPerRead, value: 2)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
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
            .map {
                bound.value.listener?.close(promise: nil)
                bound.value.listener = $0
            }
    }

    public func stopListening() -> EventLoopFuture<Void> {
        listener?.close() ?? loop.makeSucceededVoidFuture()
    }

    /// Completes when all connections are closed.
    public func drained() -> EventLoopFuture<Void> {
        EventLoopFuture.andAllComplete(ports.values.compactMap(\.closed), on: loop)
    }

    /// Without it the loop would spin while the process has no descriptor left (EMFILE).
    private func makeBackoff() -> AcceptBackoffHandler {
        AcceptBackoffHandler(shouldForwardIOErrorCaught: false) { [unowned self] error in
            // That client has gone; the next one can be accepted.
            if error.errnoCode == ECONNABORTED { return nil }
            if !isFull { owner?.localServer(cannotAccept: error) }
            isFull = true
            return .seconds(1)
        }
    }

    private func makeHandler() -> PortHandler {
        isFull = false
        let id = PortID(number: nextPort)
        nextPort += 1
        return PortHandler(id: id, server: self, lineLimit: lineLimit)
    }

    // MARK: Actions

    /// Writes pending output to these ports until their sockets are full. The rest follows when they are writable.
    public func write(to due: DuePorts) {
        switch due {
        case .all: for handler in ports.values { handler.pump() }
        case .some(let ids): for id in ids { ports[id]?.pump() }
        }
    }

    /// Sends a last line to a port, if possible, and closes it.
    public func close(_ port: PortID, last: [UInt8]?) { ports[port]?.finish(last) }

    /// Closes a port when its pending output has been written.
    public func finish(_ port: PortID) { ports[port]?.drain() }

    // MARK: For the handlers

    func opened(_ handler: PortHandler, _ peer: Peer) {
        ports[handler.id] = handler
        owner?.localServer(.opened(handler.id, peer, nonce: Self.nonce()))
    }

    func closed(_ handler: PortHandler) {
        guard ports.removeValue(forKey: handler.id) != nil else { return }
        owner?.localServer(.closed(handler.id))
    }

    func received(_ event: ConduitEvent) { owner?.localServer(event) }

    // MARK: Turns

    /// True if some port has more lines than it may handle at once.
    var hasPausedPorts: Bool { !paused.isEmpty }

    /// Queues a port for a later turn. The paused ports share one timer: with a timer each, one would always be
    /// due.
    func scheduleTurn(of handler: PortHandler) {
        paused.append(handler)
        if paused.count == 1 { scheduleNextTurn() }
    }

    private func scheduleNextTurn() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        // The timer starts after the writes that this turn caused. They may take longer than the timer, and the loop does not
        // poll its sockets while a timer is due.
        loop.execute {
            bound.value.loop.scheduleTask(in: PortHandler.turn) { bound.value.nextTurn() }
        }
    }

    private func nextTurn() {
        // Removed afterwards: a port that is paused again must not start a second timer.
        paused.first?.handleBacklog()
        paused.removeFirst()
        if !paused.isEmpty { scheduleNextTurn() }
    }

    // MARK: Output

    /// The next bytes for a port; nil or fewer than `budget` if nothing more is pending.
    func next(for handler: PortHandler, budget: Int) -> [UInt8]? {
        owner?.localServer(next: handler.id, budget: budget, isLate: handler.isLate)
    }

    private static func nonce() -> String {
        String(UInt64.random(in: 0..<(1 << 52)), radix: 36)
    }
}
