// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOWebSocket

/// The backend's end of a websocket.
final class SocketHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let core: BackendCore
    private var number = 0

    init(core: BackendCore) { self.core = core }

    func handlerAdded(context: ChannelHandlerContext) { number = core.sockets.add(context.channel) }

    func channelInactive(context: ChannelHandlerContext) {
        core.sockets.remove(number)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text: core.sockets.received(Array(frame.unmaskedData.readableBytesView), on: number)
        case .ping:
            context.writeAndFlush(
                wrapOutboundOut(.init(fin: true, opcode: .pong, data: frame.unmaskedData)), promise: nil)
        case .connectionClose: close(context, frame)
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func close(_ context: ChannelHandlerContext, _ frame: WebSocketFrame) {
        let channel = context.channel
        let answer = WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData)
        context.writeAndFlush(wrapOutboundOut(answer)).whenComplete { _ in channel.close(promise: nil) }
    }
}
