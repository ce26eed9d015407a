// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Assembles requests, passes them to the core, and writes its answers.
final class HTTPHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let core: BackendCore
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(core: BackendCore) { self.core = core }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part): body += part.readableBytesView
        case .end: answer(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The upgrader reports a refused handshake as an error. It is answered like any other request.
        guard !(error is NIOWebSocketUpgradeError) else { return }
        context.close(promise: nil)
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let head else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        core.answer(SeenRequest(head: head, body: body)).whenSuccess { answer in
            let (handler, context) = bound.value
            switch answer {
            case .drop: context.close(promise: nil)
            case .response(let status, let body): handler.write(status, body, context)
            }
        }
    }

    private func write(_ status: Int, _ body: [UInt8], _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status),
            headers: ["Content-Type": "application/x-amz-json-1.0", "Content-Length": String(body.count)])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
