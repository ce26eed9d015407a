import ConduitCore
import NIOCore
import StreamsProtocol

/// One connection's end of the pipeline: bytes to lines one way, the log to writes the other.
final class PortHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let id: PortID
    /// True while the channel holds something that the socket did not take.
    private var isWaiting = false
    private var isFinishing = false
    /// True while it is being written to: what the channel has sent meanwhile is no reason to begin anew.
    private var isPumping = false
    /// True once there was more for a client that has not taken yet what it was sent before.
    private(set) var isLate = false
    private let server: LocalServer
    private var context: ChannelHandlerContext?
    private var framer: LineFramer
    /// Frames that were read and not yet handed to the owner.
    private var backlog: CircularBuffer<LineFramer.Frame> = []
    /// True while the backlog waits for its turn; nothing is read meanwhile.
    private var isPaused = false
    /// What the owner was told last of what is held for this port.
    private var toldHolding = 0

    /// Done when the connection is gone.
    var closed: EventLoopFuture<Void>? { context?.channel.closeFuture }

    /// An unfinished line of less is nothing to speak of.
    private static let unspoken = 64 << 10
    /// Nor is a write of less that waits.
    private static let unspokenWrites = 16 << 10

    /// Bytes that are handed to the socket in one go. To a client that did not take what it was sent before, fewer: what
    /// waits in a channel is spent memory, what waits in the log is not.
    private static let budget = 256 << 10
    private static let lateBudget = 64 << 10

    /// The most lines in one event. Handling several together is cheaper for each; but what an event causes is written only
    /// after it, so its replies pile up until then.
    private static let linesTogether = 8
    /// How long one port's lines may take at a time, and how long the other connections have the loop before it goes on.
    private static let turn = TimeAmount.microseconds(500)

    /// How long a port that is being closed may take to read its last line.
    private static let lastWords = TimeAmount.seconds(1)
    /// How many times it may be given what it is late with before that.
    private static let lastFills = 4

    init(id: PortID, server: LocalServer, lineLimit: Int) {
        self.id = id
        self.server = server
        framer = LineFramer(limit: lineLimit)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        PeerCredentials.of(context.channel).whenComplete { result in
            let (handler, context) = bound.value
            guard case .success(let peer?) = result else { return context.close(promise: nil) }
            handler.server.joined(handler, peer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        // A client may close right after its last line: the lines that wait are handled first.
        if !isPaused { server.left(self) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFinishing else { return }
        unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            framer.push(bytes) { backlog.append($0) }
        }
        if !isPaused { handleBacklog() }
    }

    /// Hands the owner what was read. What takes longer than a turn is handled in several, one line at a time, because one
    /// event of eight costly requests would outlast the turn.
    private func handleBacklog() {
        let end = NIODeadline.now() + Self.turn
        while !isFinishing, let event = nextEvent() {
            server.received(event)
            if !backlog.isEmpty, NIODeadline.now() >= end { return pause() }
        }
        guard let context else { return server.left(self) }
        tellHolding()
        guard isPaused else { return }
        isPaused = false
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }

    /// The first frame; with some of the lines that follow it, if it is a line.
    private func nextEvent() -> ConduitEvent? {
        var lines: [[UInt8]] = []
        while lines.count < (isPaused ? 1 : Self.linesTogether), case .line(let line)? = backlog.first {
            backlog.removeFirst()
            lines.append(line)
        }
        guard let first = lines.first else { return backlog.popFirst().map { _ in .lineTooLong(id) } }
        return lines.count == 1 ? .line(id, first) : .lines(id, lines)
    }

    private func pause() {
        if !isPaused { try? context?.channel.syncOptions?.setOption(.autoRead, value: false) }
        isPaused = true
        let bound = NIOLoopBound(self, eventLoop: server.loop)
        server.loop.scheduleTask(in: Self.turn) { bound.value.handleBacklog() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset by the client and the like: the connection is over, and that is all there is to say.
        context.close(promise: nil)
    }

    /// Writes what is due, as long as the socket takes it.
    func pump() {
        guard !isPumping, !isFinishing else { return }
        guard !isWaiting else { return isLate = true }
        isPumping = true
        var hasMore = true
        while hasMore, !isWaiting { hasMore = writeNext() }
        isPumping = false
        isLate = hasMore
        if toldHolding > 0 || isWaiting { tellHolding() }
    }

    /// Writes what comes next; true if there may be more.
    private func writeNext() -> Bool {
        let budget = isLate ? Self.lateBudget : Self.budget
        guard let context, let bytes = server.next(for: self, budget: budget) else { return false }
        let sent = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        isWaiting = true
        // A write that fails closes the channel: then nothing more is written.
        sent.futureResult.whenSuccess { bound.value.channelHasSent() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: sent)
        return bytes.count >= budget
    }

    private func channelHasSent() {
        isWaiting = false
        pump()
    }

    /// What is due to a client that did not keep up comes before its last word; not all of it, if that is much.
    private func fillForTheLastTime() {
        for _ in 0..<Self.lastFills where isWaiting {
            if !writeNext() { return }
        }
    }

    /// What is held for a port is its owner's to know: all that the log does not hold anyway.
    private func tellHolding() {
        guard let context, !isFinishing else { return }
        var bytes = framer.heldBytes > Self.unspoken ? framer.heldBytes : 0
        if isWaiting {
            let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            if waiting > Self.unspokenWrites { bytes += waiting }
        }
        guard bytes != toldHolding else { return }
        toldHolding = bytes
        server.received(.holding(id, bytes: bytes))
    }

    /// Says one last thing and closes; a client that does not read it in time is cut off.
    func finish(_ last: [UInt8]?) {
        guard !isFinishing else { return }
        pump()
        if !isPumping { fillForTheLastTime() }
        isFinishing = true
        guard let context else { return }
        let channel = context.channel
        guard let last else { return channel.close(promise: nil) }
        let cut = context.eventLoop.scheduleTask(in: Self.lastWords) { channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: last))).whenComplete { _ in
            cut.cancel()
            channel.close(promise: nil)
        }
    }
}
