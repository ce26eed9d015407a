// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1

/// Fails a connection on which the service answers with a status below 100. async-http-client ignores such a head, as it
/// ignores those of 1xx, and then stops the process at the end of the response.
final class StatusCodeCheck: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias InboundOut = HTTPClientResponsePart

    private var hasFailed = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasFailed else { return }
        if case .head(let head) = unwrapInboundIn(data), head.status.code < 100 {
            hasFailed = true
            context.fireErrorCaught(TransportError(description: "the answer has the status \(head.status.code)"))
            return context.close(promise: nil)
        }
        context.fireChannelRead(data)
    }
}
