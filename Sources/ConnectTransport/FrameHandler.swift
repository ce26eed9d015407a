// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import NIOCore
import NIOWebSocket
import SessionCore

/// The last handler in a websocket's pipeline: passes text and the close to `WebSocketTransport` and answers pings.
final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let id: WebSocketID
    private let transport: WebSocketTransport
    private var close: (code: Int, reason: String) = (1006, "")
    /// The newest ping that arrived while the channel was not writable.
    private var openPing: WebSocketFrame?

    init(id: WebSocketID, transport: WebSocketTransport) {
        self.id = id
        self.transport = transport
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text: transport.received(id, Array(frame.unmaskedData.readableBytesView))
        case .ping: pong(frame, context)
        case .connectionClose:
            var data = frame.unmaskedData
            let code = data.readInteger(as: UInt16.self).map { Int($0) } ?? 1005
            close = (code, String(buffer: data))
            answer(frame, .connectionClose, context)
            context.close(promise: nil)
        default: break
        }
    }

    /// Stops reading while the service does not read: otherwise its pings would fill the memory with pongs. A service that
    /// never reads again is noticed by `WebSocketManager`, because it does not answer.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: context.channel.isWritable)
        if context.channel.isWritable, let ping = openPing {
            openPing = nil
            answer(ping, .pong, context)
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        transport.ended(id, close.code, close.reason)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // After a broken frame or connection, the websocket is closed and `WebSocketManager` opens another one.
        context.close(promise: nil)
    }

    /// Answers only the newest ping if several are open (RFC 6455, 5.5.3).
    private func pong(_ ping: WebSocketFrame, _ context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return openPing = ping }
        answer(ping, .pong, context)
    }

    private func answer(_ frame: WebSocketFrame, _ opcode: WebSocketOpcode, _ context: ChannelHandlerContext) {
        let reply = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: frame.unmaskedData)
        context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
    }
}

enum Base64 {
    static func encoded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
