// SPDX-License-Identifier: Apache-2.0
import Logging
import NIOCore
import NIOPosix
import NIOSSL

@testable import ConnectTransport
@testable import SessionCore

/// A server on loopback that answers each connection's first bytes with fixed text, and one call to it.
enum TransportStage {
    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: String

        init(_ answer: String) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        }
    }

    static func response(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// - Parameters:
    ///   - tls: the server's; nil for plain HTTP.
    ///   - trustRoots: the file with the server's authority.
    static func outcome(
        of answer: String, tls: TLSConfiguration? = nil, trustRoots: String? = nil
    ) async throws -> HTTPOutcome {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.addHandler(Responder(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let url = "\(tls == nil ? "http" : "https")://127.0.0.1:\(server.localAddress?.port ?? 0)/"
        var settings = TransportSettings(userAgent: "test")
        settings.trustRootsFile = trustRoots
        let loop = group.next()
        let ended = loop.makePromise(of: HTTPOutcome.self)
        let transport = try await loop.submit { [settings] in
            let transport = try ConnectTransport(
                loop: loop, settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { if case .http(_, let outcome) = $0 { ended.succeed(outcome) } }
            transport.send(CallID(number: 1), HTTPCall(purpose: "x", method: .get, url: url, timeout: 10_000))
            return NIOLoopBound(transport, eventLoop: loop)
        }.get()
        let outcome = try await ended.futureResult.get()
        try await loop.flatSubmit { transport.value.shutDown() }.get()
        try await group.shutdownGracefully()
        return outcome
    }
}
