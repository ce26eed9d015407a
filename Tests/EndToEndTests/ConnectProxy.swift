// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOPosix
import Synchronization

/// A minimal proxy that supports CONNECT and records the requests.
final class ConnectProxy {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    private let log: Log

    /// The requests in order. The proxy's event loop writes it, the test reads it.
    final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ head: String) { lines.withLock { $0.append(head) } }
        var heads: [String] { lines.withLock { $0 } }
    }

    /// - Parameter authorization: the `Proxy-Authorization` that the proxy requires, if any.
    init(authorization: String? = nil) throws {
        let log = Log()
        self.log = log
        let group = group
        channel = try ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        HeadHandler(group: group, log: log, authorization: authorization))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
    }

    deinit {
        try? channel.close().wait()
        try? group.syncShutdownGracefully()
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    var heads: [String] { log.heads }

    /// Reads the request's head, connects, and then forwards bytes.
    private final class HeadHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let group: any EventLoopGroup
        private let log: Log
        private let authorization: String?
        private var head = ""
        private var peer: (any Channel)?

        init(group: any EventLoopGroup, log: Log, authorization: String?) {
            self.group = group
            self.log = log
            self.authorization = authorization
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            if let peer { return peer.writeAndFlush(buffer, promise: nil) }
            head += buffer.readString(length: buffer.readableBytes) ?? ""
            guard head.contains("\r\n\r\n") else { return }
            log.add(head)
            let words = head.split(separator: " ")
            let target = words.count > 1 ? words[1].split(separator: ":") : []
            if let authorization, !head.contains("\(authorization)\r\n") {
                return refuse(context, "407 Proxy Authentication Required")
            }
            guard words.first == "CONNECT", target.count == 2, let port = Int(target[1]) else {
                return refuse(context, "400 Bad Request")
            }
            open(String(target[0]), port, context)
        }

        func channelInactive(context: ChannelHandlerContext) { peer?.close(promise: nil) }

        private func refuse(_ context: ChannelHandlerContext, _ status: String) {
            let answer = ByteBuffer(string: "HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
            context.close(promise: nil)
        }

        private func open(_ host: String, _ port: Int, _ context: ChannelHandlerContext) {
            let client = context.channel
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            ClientBootstrap(group: context.eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(BackHandler(client: client))
                    }
                }
                .connect(host: host, port: port).whenComplete { result in
                    let (handler, context) = bound.value
                    guard case .success(let channel) = result else { return handler.refuse(context, "502 Bad Gateway") }
                    handler.peer = channel
                    let answer = ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n")
                    context.writeAndFlush(handler.wrapOutboundOut(answer), promise: nil)
                }
        }
    }

    private final class BackHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let client: any Channel
        init(client: any Channel) { self.client = client }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            client.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }
        func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
    }
}
