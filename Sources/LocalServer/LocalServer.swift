public import ConduitCore
public import Logging
public import NIOCore
import NIOPosix
public import StreamsProtocol

/// The owner of the conduit, as the server sees it. Everything happens on one event loop.
public protocol LocalServerOwner: AnyObject {
    /// Something happened to a port.
    func localServer(_ event: ConduitEvent)
    /// The port of that name, while it is on the line.
    func localServer(port: PortID) -> Port?
    /// What a port is to be sent next.
    func localServer(next port: Port, budget: Int, isLate: Bool) -> Outgoing
    /// What a subscriber's line has instead of its last brace and newline.
    func localServer(endingOf position: LogPosition) -> [UInt8]?
    /// Ports are about to be written to.
    func localServerWillWrite()
    /// Ports were written to: so many new lines of the log, for those of so many ports that want them.
    func localServerDidWrite(lines: Int, ports: Int)
}

/// The Unix socket: accepts, reads lines, writes from the log at each port's cursor. It decides nothing.
///
/// Not `Sendable`: it lives on the event loop that it was made with, and is called there only.
public final class LocalServer {
    private let loop: any EventLoop
    /// The longest line of the ports that come from now on, in bytes.
    public var lineLimit: Int
    private let logger: Logger
    private var store = LineStore()
    private var ports: [PortID: PortHandler] = [:]
    private var listener: (any Channel)?
    private var nextPort: UInt64 = 1
    private var isWakePending = false
    /// Lines by which the log has grown: every port may have something to be sent. If there are none, those who have.
    private var newLines = 0
    private var awake: [PortID] = []
    /// What ports were sent in this turn that others may be sent too; nil when it is not everybody's turn.
    private var leads: Leads?
    /// Ports that have said more than could be taken at once, each once.
    private var talkers: CircularBuffer<PortHandler> = []
    /// True while there is a timer for them; there is never more than one.
    private var isTalkScheduled = false
    /// When they go on; that is put off, but not beyond the second.
    private var talkFrom = NIODeadline.now()
    private var talkAtLast = NIODeadline.now()
    /// Whoever owns the conduit; set before `listen`, and taken back at the end, for the two hold each other. (To what is
    /// held weakly every use costs more, and there is one for each port at each line.)
    public var owner: (any LocalServerOwner)?

    /// Bytes that are handed to a channel in one go; beyond that its own readiness is waited for. To one that did not
    /// take what it was given before, less: what waits in a channel is spent memory, what waits in the log is not.
    private static let budget = 256 << 10
    private static let lateBudget = 64 << 10
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

    /// Keeps a line of the log, and wakes the ports.
    public func append(_ position: LogPosition, _ line: LineBody) {
        store.append(position, line)
        // In the middle of a turn, by a write that failed: a run that was made before may stop short of this line.
        if leads != nil { leads = Leads() }
        newLines += 1
        wake()
    }

    /// Lets go of lines.
    public func forget(_ positions: [LogPosition]) { store.forget(positions) }

    /// Keeps a reply, and wakes its port.
    public func reply(_ port: PortID, _ reply: ReplyID, _ bytes: [UInt8]) {
        guard let handler = ports[port] else { return }
        store.keep(reply, bytes)
        handler.openReplies.insert(reply)
        awake.append(port)
        wake()
    }

    /// Says a last thing to a port, if that is still possible, and closes it.
    public func close(_ port: PortID, last: [UInt8]?) {
        owner?.localServerWillWrite()
        ports[port]?.finish(last)
    }

    /// Writes are gathered: however much happens in one turn of the loop, each port is written to once, at its end.
    private func wake() {
        guard !isWakePending else { return }
        isWakePending = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute {
            bound.value.isWakePending = false
            bound.value.pumpAll()
        }
    }

    private func pumpAll() {
        guard let owner else { return }
        // Also where nobody listens: what a restart goes on from is to be found, and not to pile up.
        owner.localServerWillWrite()
        let some = awake
        awake.removeAll(keepingCapacity: true)
        let lines = newLines
        newLines = 0
        if lines > 0 {
            leads = Leads()
            for handler in ports.values where !follows(handler) { handler.pump(from: owner) }
            leads = nil
        } else {
            for id in some { ports[id]?.pump(from: owner) }
        }
        owner.localServerDidWrite(lines: lines, ports: ports.count)
        if isTalkScheduled { talkFrom = min(.now() + Self.listening, talkAtLast) }
    }

    /// True if a port has been sent what one before it was sent.
    private func follows(_ handler: PortHandler) -> Bool {
        guard let leads else { return false }
        for lead in leads.all where handler.follow(lead) { return true }
        return false
    }

    // MARK: For the handlers

    func joined(_ handler: PortHandler, _ peer: Peer) {
        ports[handler.id] = handler
        owner?.localServer(.opened(handler.id, peer, nonce: Self.nonce()))
    }

    func left(_ handler: PortHandler) {
        for reply in handler.openReplies { store.forget(reply) }
        // It holds its part of the ledger as long as somebody holds it.
        handler.port = nil
        guard ports.removeValue(forKey: handler.id) != nil else { return }
        owner?.localServer(.closed(handler.id))
    }

    func received(_ event: ConduitEvent) { owner?.localServer(event) }

    // MARK: Those who say a lot

    /// How long all those who say a lot may take in one turn of the loop, and the least that each gets of it.
    private static let allTalk = TimeAmount.milliseconds(1)
    private static let leastTalk = TimeAmount.microseconds(20)
    /// How long the loop looks after everybody else before it is their turn again.
    private static let listening = TimeAmount.microseconds(50)
    /// How long everybody else may go on like that.
    private static let patience = TimeAmount.milliseconds(2)

    /// How long one port's lines may take at a time.
    var slice: TimeAmount { max(Self.leastTalk, .nanoseconds(Self.allTalk.nanoseconds / Int64(talkers.count + 1))) }

    /// Has a port go on with what was said when it is its turn.
    func queue(_ handler: PortHandler) {
        talkers.append(handler)
        if !isTalkScheduled { scheduleTalk() }
    }

    private func scheduleTalk() {
        let now = NIODeadline.now()
        talkFrom = now + Self.listening
        talkAtLast = now + Self.patience
        wakeForTalk()
    }

    /// The loop runs what is due until nothing is, and would hear nobody else: so the time comes only once it has looked at
    /// its sockets again. (The timer is left as it is when that is put off: one that is cancelled by what is due together
    /// with it runs all the same.)
    private func wakeForTalk() {
        isTalkScheduled = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(deadline: talkFrom) {
            let server = bound.value
            NIODeadline.now() < server.talkFrom ? server.wakeForTalk() : server.letTalk()
        }
    }

    private func letTalk() {
        let slice = slice
        let end = NIODeadline.now() + Self.allTalk
        var count = talkers.count
        while count > 0, let handler = talkers.popFirst() {
            handler.work(for: slice)
            count -= 1
            if NIODeadline.now() >= end { break }
        }
        isTalkScheduled = false
        if !talkers.isEmpty { scheduleTalk() }
    }

    /// Writes to one port at once: its answers would pile up, although its client may be reading them.
    func handOut(to handler: PortHandler) {
        guard let owner else { return }
        handler.pump(from: owner)
    }

    /// Hands out the buffers to be written to a port now; false if that was all there is for it.
    func next(
        for handler: PortHandler, from owner: any LocalServerOwner, isLate: Bool,
        _ write: (_ buffer: ByteBuffer, _ isAlone: Bool) -> Void
    ) -> Bool {
        guard let port = handler.port ?? owner.localServer(port: handler.id) else { return false }
        handler.port = port
        let outgoing = owner.localServer(next: port, budget: isLate ? Self.lateBudget : Self.budget, isLate: isLate)
        guard let first = outgoing.first else { return !outgoing.isAll }
        // Each time, and not once a turn: a write that fails may bring a port's last lines, in the middle of it.
        owner.localServerWillWrite()
        let isAlone = outgoing.rest.isEmpty
        if let buffer = buffer(of: first, for: handler, from: owner) {
            if let run = outgoing.lead { leads?.add(Lead(run, buffer)) }
            write(buffer, isAlone)
        }
        for item in outgoing.rest {
            if let buffer = buffer(of: item, for: handler, from: owner) { write(buffer, isAlone) }
        }
        return !outgoing.isAll
    }

    private func buffer(
        of item: OutgoingItem, for handler: PortHandler, from owner: any LocalServerOwner
    ) -> ByteBuffer? {
        switch item {
        case .run(let run): return store.buffer(of: run, ending: owner.localServer(endingOf:))
        case .reply(let reply):
            handler.openReplies.remove(reply)
            return store.take(reply)
        case .bytes(let bytes): return ByteBuffer(bytes: bytes)
        }
    }

    private static func nonce() -> String {
        String(UInt64.random(in: 0..<(1 << 52)), radix: 36)
    }
}
