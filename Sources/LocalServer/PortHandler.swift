import ConduitCore
import NIOCore
import StreamsProtocol

/// One connection's end of the pipeline: bytes to lines one way, the log to writes the other.
final class PortHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let id: PortID
    private var outlet = PortOutlet()
    private var isFinishing = false
    /// True while it is being written to: what the channel has sent meanwhile is no reason to begin anew.
    private var isPumping = false
    /// True once there was more for a client that has not taken yet what it was sent before.
    private(set) var isLate = false
    private let server: LocalServer
    private var context: ChannelHandlerContext?
    private var framer: LineFramer
    /// What the client has said and nobody has heard yet.
    private var backlog: CircularBuffer<LineFramer.Frame> = []
    private var isPaused = false
    /// How many lines are taken together now: more and more, as long as they take no time.
    private var together = 1
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

    /// So many lines are taken together, as long as they have no more than about so many bytes.
    private static let manyLines = 8
    private static let manyBytes = 64 << 10
    /// If they take longer than this, they are not.
    private static let long = TimeAmount.microseconds(200)

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
        guard outlet.open(context.channel) else { return context.close(promise: nil) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        PeerCredentials.of(context.channel).whenComplete { result in
            let (handler, context) = bound.value
            guard case .success(let peer?) = result else { return context.close(promise: nil) }
            handler.server.joined(handler, peer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        outlet.close()
        // It said so before it went: what is left is taken in its turn, and then the port is gone.
        if !isPaused { work(for: server.slice) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFinishing else { return }
        let buffer = unwrapInboundIn(data)
        buffer.withUnsafeReadableBytes { bytes in
            framer.push(bytes) { backlog.append($0) }
        }
        if !isPaused { work(for: server.slice) }
    }

    /// Takes what the client has said, a slice of time at a time: who says a lot keeps nobody else waiting for long.
    func work(for slice: TimeAmount) {
        var began = NIODeadline.now()
        let end = began + slice
        while !isFinishing, let event = nextEvent() {
            server.received(event)
            guard !backlog.isEmpty else { break }
            let now = NIODeadline.now()
            // What takes long is taken one by one, so that a slice is no longer than it is meant to be.
            together = now - began > Self.long ? 1 : min(2 * together, Self.manyLines)
            if now >= end { return pause() }
            began = now
        }
        guard let context else { return server.left(self) }
        tellHolding()
        guard isPaused else { return }
        isPaused = false
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }

    /// What was said first: one line, or a few short ones together, which cost less so.
    private func nextEvent() -> ConduitEvent? {
        guard case .line(let first)? = backlog.first else { return backlog.popFirst().map { _ in .lineTooLong(id) } }
        backlog.removeFirst()
        guard together > 1, case .line? = backlog.first else { return .line(id, first) }
        var lines = [first]
        lines.reserveCapacity(Self.manyLines)
        var bytes = first.count
        while lines.count < together, bytes < Self.manyBytes, case .line(let line)? = backlog.first {
            backlog.removeFirst()
            lines.append(line)
            bytes += line.count
        }
        return .lines(id, lines)
    }

    /// Goes on in the next turn of the loop. Until all that was read has been taken, nothing more is read.
    private func pause() {
        if !isPaused { try? context?.channel.syncOptions?.setOption(.autoRead, value: false) }
        isPaused = true
        server.queue(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset by the client and the like: the connection is over, and that is all there is to say.
        context.close(promise: nil)
    }

    /// Writes what is due, as long as the socket takes it.
    func pump() {
        guard !isPumping, !isFinishing else { return }
        guard outlet.isFree else { return isLate = true }
        isPumping = true
        var hasMore = true
        while hasMore, outlet.isFree { hasMore = writeNext() }
        isPumping = false
        isLate = hasMore
        if toldHolding > 0 || !outlet.isFree { tellHolding() }
    }

    /// Writes what comes next, and has the channel send what the socket does not take; true if there may be more.
    private func writeNext() -> Bool {
        let budget = isLate ? Self.lateBudget : Self.budget
        guard let bytes = server.next(for: self, budget: budget) else { return false }
        if let rest = outlet.write(bytes) { leave(rest) }
        return bytes.count >= budget
    }

    /// Has the channel send it, and goes on when it has. (That it is writable does not say so: it is while it holds a
    /// byte. And a byte that is overtaken is two lines that nobody can read.)
    private func leave(_ rest: ByteBuffer) {
        guard let context else { return }
        outlet.channelIsWaiting(true)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let sent = context.eventLoop.makePromise(of: Void.self)
        // Not if it failed: then the channel is closed, and its descriptor may be another's already.
        sent.futureResult.whenSuccess { bound.value.channelHasSent() }
        context.writeAndFlush(wrapOutboundOut(rest), promise: sent)
    }

    private func channelHasSent() {
        outlet.channelIsWaiting(false)
        pump()
    }

    /// What is due to a client that did not keep up comes before its last word; not all of it, if that is much.
    private func fillForTheLastTime() {
        for _ in 0..<Self.lastFills where !outlet.isFree {
            if !writeNext() { return }
        }
    }

    /// What is held for a port is its owner's to know: all that the log does not hold anyway.
    private func tellHolding() {
        guard let context, !isFinishing else { return }
        var bytes = framer.heldBytes > Self.unspoken ? framer.heldBytes : 0
        if !outlet.isFree {
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
