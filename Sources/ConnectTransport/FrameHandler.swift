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

    init(id: WebSocketID, transport: WebSocketTransport) {
        self.id = id
        self.transport = transport
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text: transport.received(id, Array(frame.unmaskedData.readableBytesView))
        case .ping: answer(frame, .pong, context)
        case .connectionClose:
            var data = frame.unmaskedData
            let code = data.readInteger(as: UInt16.self).map { Int($0) } ?? 1005
            close = (code, String(buffer: data))
            answer(frame, .connectionClose, context)
            context.close(promise: nil)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        transport.ended(id, close.code, close.reason)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // After a broken frame or connection, the websocket is closed and `WebSocketManager` opens another one.
        context.close(promise: nil)
    }

    private func answer(_ frame: WebSocketFrame, _ opcode: WebSocketOpcode, _ context: ChannelHandlerContext) {
        let reply = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: frame.unmaskedData)
        context.writeAndFlush(wrapOutboundOut(reply), promise: nil)
    }
}

enum Base64 {
    static func encoded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
