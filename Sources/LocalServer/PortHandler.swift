// SPDX-License-Identifier: Apache-2.0
import ConduitCore
import Glibc
import NIOCore
import StreamsProtocol

/// The channel handler of a connection: splits the input into lines and writes pending output.
final class PortHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let id: PortID
    /// The channel's own descriptor, for writes; -1 if it has none.
    private var descriptor: CInt = -1
    /// True while the channel holds bytes that the socket did not accept.
    private var isWaiting = false
    private var isFinishing = false
    /// The connection is closed when its pending output has been written.
    private var isDraining = false
    /// The client has shut down its side, and whether the owner knows.
    private var inputEnd = InputEnd.open
    /// Prevents re-entry: a write may complete, and call `pump`, before `writeAndFlush` returns.
    private var isPumping = false
    /// True if more output became due while an earlier write was still pending.
    private(set) var isLate = false
    private let server: LocalServer
    private var context: ChannelHandlerContext?
    private var framer: LineFramer
    /// Frames that were read and not yet passed to the owner.
    private var backlog: CircularBuffer<LineFramer.Frame> = []
    /// True while the backlog waits for its next turn. The channel does not read meanwhile.
    private var isPaused = false
    /// The buffered bytes that were last reported to the owner.
    private var reportedBytes = 0

    /// Completes when the connection is closed.
    var closed: EventLoopFuture<Void>? { context?.channel.closeFuture }

    /// Incomplete lines and pending writes up to these sizes, in bytes, are not reported.
    private static let unreportedInput = 64 << 10
    private static let unreportedWrites = 16 << 10

    /// Bytes per write. Fewer for a client that has fallen behind: output that waits in the channel costs memory, output that
    /// waits in the log does not.
    private static let budget = 256 << 10
    private static let lateBudget = 64 << 10

    /// Maximum number of lines in one event. More lines cost less per line, but their replies accumulate, because output is
    /// written only after the event.
    private static let linesPerEvent = 8
    /// The length of a port's turn, checked after each event, and of the pause before the next port's turn.
    static let turn = TimeAmount.microseconds(500)

    /// How long a client has to read the last line before its connection is closed.
    private static let closeTimeout = TimeAmount.seconds(1)
    /// Maximum number of writes of overdue output before the last line.
    private static let finalWrites = 4

    private enum InputEnd { case open, unreported, reported }

    /// How long a client that has shut down its side may take to read its answers.
    private static let drainTimeout = TimeAmount.seconds(30)

    init(id: PortID, server: LocalServer, lineLimit: Int) {
        self.id = id
        self.server = server
        framer = LineFramer(limit: lineLimit)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let operations = context.channel.pipeline.syncOperations
        descriptor = (try? operations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }) ?? -1
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        PeerCredentials.of(context.channel).whenComplete { result in
            let (handler, context) = bound.value
            guard case .success(let peer?) = result else { return context.close(promise: nil) }
            handler.server.opened(handler, peer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        // A client may close right after its last line: the remaining lines are handled before the end is reported.
        if !isPaused { handleBacklog() }
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            inputEnd = .unreported
            framer.finish { backlog.append($0) }
            // The lines before the end are handled first.
            if !isPaused { handleBacklog() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFinishing else { return }
        unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            framer.push(bytes) { backlog.append($0) }
        }
        if !isPaused { handleBacklog() }
    }

    /// Passes the frames to the owner. If this takes longer than a turn, the rest follows in later turns. While any port is
    /// queued for a turn, every other port handles one line per read and queues the rest: many busy ports share the turn of
    /// one, apart from one line each.
    func handleBacklog() {
        let isLimited = server.hasPausedPorts && !isPaused
        let end = NIODeadline.now() + (isLimited ? .zero : Self.turn)
        while !isFinishing, let event = nextEvent() {
            server.received(event)
            if !backlog.isEmpty, NIODeadline.now() >= end { return pause() }
        }
        let wasPaused = isPaused
        isPaused = false
        // The owner may close the port because of the report.
        reportBuffered()
        guard let context else { return server.closed(self) }
        if inputEnd == .unreported {
            inputEnd = .reported
            server.received(.inputClosed(id))
        }
        if wasPaused { try? context.channel.syncOptions?.setOption(.autoRead, value: true) }
    }

    /// The next frame, or the next few lines as one event. One line while a port is paused: an event of eight costly requests
    /// would exceed the turn.
    private func nextEvent() -> ConduitEvent? {
        var lines: [[UInt8]] = []
        while lines.count < (server.hasPausedPorts ? 1 : Self.linesPerEvent), case .line(let line)? = backlog.first {
            backlog.removeFirst()
            lines.append(line)
        }
        guard let first = lines.first else { return backlog.popFirst().map { _ in .lineTooLong(id) } }
        return lines.count == 1 ? .line(id, first) : .lines(id, lines)
    }

    private func pause() {
        if !isPaused { try? context?.channel.syncOptions?.setOption(.autoRead, value: false) }
        isPaused = true
        server.scheduleTurn(of: self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // For example a reset by the client. Not worth a log entry.
        context.close(promise: nil)
    }

    /// Writes pending output until the socket is full.
    func pump() {
        guard !isPumping, !isFinishing else { return }
        guard !isWaiting else { return isLate = true }
        isPumping = true
        var hasMore = true
        while hasMore, !isWaiting { hasMore = writeNext() }
        isPumping = false
        isLate = hasMore
        if isDraining, !hasMore, !isWaiting { context?.close(promise: nil) }
        if reportedBytes > 0 || isWaiting { reportBuffered() }
    }

    /// Returns true if more output may be pending.
    private func writeNext() -> Bool {
        let budget = isLate ? Self.lateBudget : Self.budget
        guard let context, let bytes = server.next(for: self, budget: budget) else { return false }
        let sent = isWaiting ? 0 : send(bytes, to: context.channel)
        if sent < bytes.count { queue(bytes[sent...], context) }
        return bytes.count >= budget
    }

    /// Writes what the socket accepts at once, and returns the number of bytes (decision 11).
    private func send(_ bytes: [UInt8], to channel: any Channel) -> Int {
        // An inactive channel has closed the descriptor, which may belong to another connection now.
        guard channel.isActive else { return 0 }
        // MSG_NOSIGNAL: a write to a closed socket returns EPIPE instead of raising SIGPIPE. MSG_DONTWAIT: a full socket
        // returns EAGAIN. The channel meets the error too, and handles it.
        let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
        return max(0, bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) })
    }

    /// Leaves bytes to the channel, which writes them when the socket accepts more.
    private func queue(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
        let sent = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        isWaiting = true
        // A failed write closes the channel, so it needs no handling.
        sent.futureResult.whenSuccess { bound.value.channelHasSent() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: sent)
    }

    private func channelHasSent() {
        isWaiting = false
        pump()
    }

    /// Writes overdue output of a slow client before its last line, up to a limit.
    private func writeOverdueOutput() {
        for _ in 0..<Self.finalWrites where isWaiting {
            if !writeNext() { return }
        }
    }

    /// Reports the bytes that are buffered for this port outside the event log.
    private func reportBuffered() {
        guard let context, !isFinishing else { return }
        var bytes = framer.heldBytes > Self.unreportedInput ? framer.heldBytes : 0
        if isWaiting {
            let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            if waiting > Self.unreportedWrites { bytes += waiting }
        }
        guard bytes != reportedBytes else { return }
        reportedBytes = bytes
        server.received(.buffered(id, bytes: bytes))
    }

    /// Writes the pending output, then closes.
    func drain() {
        guard let context, !isFinishing, !isDraining else { return }
        isDraining = true
        let channel = context.channel
        let timeout = context.eventLoop.scheduleTask(in: Self.drainTimeout) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timeout.cancel() }
        pump()
    }

    /// Sends a last line and closes. A client that does not read it within `closeTimeout` is disconnected.
    func finish(_ last: [UInt8]?) {
        guard !isFinishing else { return }
        pump()
        if !isPumping { writeOverdueOutput() }
        isFinishing = true
        guard let context else { return }
        let channel = context.channel
        guard let last else { return channel.close(promise: nil) }
        let timeout = context.eventLoop.scheduleTask(in: Self.closeTimeout) { channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: last))).whenComplete { _ in
            timeout.cancel()
            channel.close(promise: nil)
        }
    }
}
