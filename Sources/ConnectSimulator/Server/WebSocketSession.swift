// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOWebSocket

/// One websocket: answers heartbeats and subscriptions, and closes when the transport's lifetime ends.
final class WebSocketSession: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let hub: WebSocketHub
    private let host: InstanceHost
    /// Seconds until the server closes the websocket.
    private let lifetime: Int
    private var id = 0

    init(hub: WebSocketHub, host: InstanceHost, lifetime: Int) {
        self.hub = hub
        self.host = host
        self.lifetime = lifetime
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        id = hub.add(channel)
        let end = context.eventLoop.scheduleTask(in: .seconds(Int64(lifetime))) { close(channel, code: 1000) }
        channel.closeFuture.whenComplete { _ in end.cancel() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Data read before reading was disabled must not be answered either.
        guard !hub.isHalfOpen(id) else { return }
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text: receive(frame.unmaskedData, on: context.channel)
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .connectionClose: answerClose(frame, context)
        default: break
        }
    }

    private func answerClose(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        let answer = WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(answer)).whenComplete { _ in channel.close(promise: nil) }
    }

    private func receive(_ data: ByteBuffer, on channel: any Channel) {
        guard let frame = try? JSON(bytes: data.readableBytesView), let topic = frame["topic"]?.string else { return }
        let host = host
        Task { await host.note("websocket:\(topic)", body: frame) }
        switch topic {
        case "aws/heartbeat":
            send(["topic": "aws/heartbeat", "statusCode": 200, "statusContent": "OK"], on: channel)
        case "aws/subscribe":
            let topics = (frame["content"]?["topics"]?.array ?? []).compactMap(\.string)
            hub.subscribe(id, to: topics)
            send(
                [
                    "topic": "aws/subscribe",
                    "content": [
                        "status": topics.isEmpty ? "failure" : "success", "topics": .array(topics.map(JSON.string)),
                    ],
                ], on: channel)
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
