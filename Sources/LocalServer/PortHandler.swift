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

    /// Done when the connection is gone.
    var closed: EventLoopFuture<Void>? { context?.channel.closeFuture }

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
        server.left(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFinishing else { return }
        let buffer = unwrapInboundIn(data)
        var events: [ConduitEvent] = []
        buffer.withUnsafeReadableBytes { bytes in
            framer.push(bytes) { frame in
                switch frame {
                case .line(let line): events.append(.line(id, line))
                case .tooLong: events.append(.lineTooLong(id))
                }
            }
        }
        for event in events where !isFinishing { server.received(event) }
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
        guard let context, !isFinishing else { return }
        var hasWritten = false
        while context.channel.isWritable {
            let buffers = server.next(for: self)
            if buffers.isEmpty { break }
            for buffer in buffers { context.write(wrapOutboundOut(buffer), promise: nil) }
            hasWritten = true
        }
        if hasWritten { context.flush() }
    }

    /// Says one last thing and closes; a client that does not read it in time is cut off.
    func finish(_ last: [UInt8]?) {
        guard let context, !isFinishing else { return }
        pump()
        isFinishing = true
        let channel = context.channel
        guard let last else { return channel.close(promise: nil) }
        let cut = context.eventLoop.scheduleTask(in: Self.lastWords) { channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: last))).whenComplete { _ in
            cut.cancel()
            channel.close(promise: nil)
        }
    }
}
