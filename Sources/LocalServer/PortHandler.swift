import ConduitCore
import NIOCore
import StreamsProtocol

/// One connection's end of the pipeline: bytes to lines one way, the log to writes the other.
final class PortHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let id: PortID
    /// Replies that are kept for this port and not written yet.
    var openReplies: Set<ReplyID> = []
    private let server: LocalServer
    private var framer: LineFramer
    private var context: ChannelHandlerContext?
    private var isFinishing = false
    /// What the client has said and nobody has heard yet.
    private var backlog: CircularBuffer<LineFramer.Frame> = []
    private var isPaused = false
    /// True while the client does not take what was written to it.
    private var isBlocked = false
    /// True while it is being written to. A channel that fills up and is emptied by that is not blocked.
    private var isPumping = false
    /// What the owner was told last of what is held for this port.
    private var toldHolding = 0

    /// Done when the connection is gone.
    var closed: EventLoopFuture<Void>? { context?.channel.closeFuture }

    /// An unfinished line of less is nothing to speak of.
    private static let unspoken = 64 << 10

    /// So many answers to the lines of one read are not kept for its end.
    private static let manyReplies = 16

    /// How long a port that is being closed may take to read its last line.
    private static let lastWords = TimeAmount.seconds(1)

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
        let end = NIODeadline.now() + slice
        while !isFinishing, let frame = backlog.popFirst() {
            server.received(event(frame))
            if openReplies.count >= Self.manyReplies { server.handOut(to: self) }
            if !backlog.isEmpty, NIODeadline.now() >= end { return pause() }
        }
        guard let context else { return server.left(self) }
        tellHolding()
        guard isPaused else { return }
        isPaused = false
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }

    private func event(_ frame: LineFramer.Frame) -> ConduitEvent {
        switch frame {
        case .line(let line): .line(id, line)
        case .tooLong: .lineTooLong(id)
        }
    }

    /// Goes on in the next turn of the loop. Until all that was read has been taken, nothing more is read.
    private func pause() {
        if !isPaused { try? context?.channel.syncOptions?.setOption(.autoRead, value: false) }
        isPaused = true
        server.queue(self)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pump()
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset by the client and the like: the connection is over, and that is all there is to say.
        context.close(promise: nil)
    }

    /// Writes what is due, as long as the channel takes it.
    func pump() {
        server.handOut(to: self)
    }

    func pump(from owner: any LocalServerOwner) {
        guard let context, !isFinishing, !isPumping else { return }
        isPumping = true
        let channel = context.channel
        var hasMore = true
        while hasMore, channel.isWritable { hasMore = fill(context, channel, from: owner) }
        isPumping = false
        let isBlocked = !channel.isWritable
        guard isBlocked != self.isBlocked else { return }
        self.isBlocked = isBlocked
        tellHolding()
    }

    /// Writes as much as the channel has room for, and has it sent; true if there is more.
    private func fill(
        _ context: ChannelHandlerContext, _ channel: any Channel, from owner: any LocalServerOwner
    ) -> Bool {
        var hasMore = true
        var hasWritten = false
        while hasMore, channel.isWritable {
            hasMore = server.next(for: self, from: owner, isLate: isBlocked) { buffer in
                context.write(wrapOutboundOut(buffer), promise: nil)
                hasWritten = true
            }
        }
        if hasWritten { context.flush() }
        return hasMore
    }

    /// What is held for a port is its owner's to know: all that the log does not hold anyway.
    private func tellHolding() {
        guard let context, !isFinishing else { return }
        var bytes = framer.heldBytes > Self.unspoken ? framer.heldBytes : 0
        if isBlocked { bytes += (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }
        guard bytes != toldHolding else { return }
        toldHolding = bytes
        server.received(.holding(id, bytes: bytes))
    }

    /// Says one last thing and closes; a client that does not read it in time is cut off.
    func finish(_ last: [UInt8]?) {
        guard !isFinishing else { return }
        pump()
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
