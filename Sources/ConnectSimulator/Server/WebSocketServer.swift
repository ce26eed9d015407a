// SPDX-License-Identifier: Apache-2.0
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Synchronization

/// The websocket's listener: upgrades requests with a valid ticket, answers others with 403.
struct WebSocketServer: Sendable {
    let hub: WebSocketHub
    let host: InstanceHost
    let registry: ConnectionRegistry
    let tls: NIOSSLContext?
    let logger: Logger

    /// - Returns: the listening channel.
    func bind(host address: String, port: Int) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try configure(channel) }
            }
            .bind(host: address, port: port).get()
    }

    private func configure(_ channel: any Channel) throws {
        registry.add(channel)
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        let handshake = Handshake()
        let refusal = RefusalHandler(handshake: handshake)
        let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: 1 << 20,
            shouldUpgrade: { channel, head in decide(channel, head, handshake) },
            upgradePipelineHandler: { channel, _ in upgrade(channel, handshake) })
        let refusalBox = NIOLoopBound(refusal, eventLoop: channel.eventLoop)
        try pipeline.configureHTTPServerPipeline(
            withServerUpgrade: (
                upgraders: [upgrader],
                completionHandler: { context in
                    context.pipeline.syncOperations.removeHandler(refusalBox.value, promise: nil)
                }
            ))
        try pipeline.addHandler(refusal)
    }

    /// Applies a fault rule, then redeems the ticket in the request's URL.
    /// - Returns: headers for the upgrade; nil refuses it.
    private func decide(
        _ channel: any Channel, _ head: HTTPRequestHead, _ handshake: Handshake
    ) -> EventLoopFuture<HTTPHeaders?> {
        channel.eventLoop.makeFutureWithTask {
            await host.note("websocket")
            if let fault = await host.takeFault(for: "websocket") {
                try await Task.sleep(for: .seconds(fault.delaySeconds))
                if fault.drop { abort(channel) }
                handshake.setRefusal(fault.status)
                if fault.drop || fault.status != nil { return nil }
            }
            guard let ticket = Self.ticket(in: head.uri), let lifetime = await host.redeem(ticket: ticket) else {
                logger.info("websocket refused: the ticket is unknown, used or expired")
                return nil
            }
            handshake.setLifetime(lifetime)
            return HTTPHeaders()
        }
    }

    private func upgrade(_ channel: any Channel, _ handshake: Handshake) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1024, maxAccumulatedFrameSize: 1 << 20))
            try pipeline.addHandler(WebSocketSession(hub: hub, host: host, lifetime: handshake.lifetime))
        }
    }

    /// The ticket in `/ws?ticket=…`.
    static func ticket(in uri: String) -> String? {
        let parts = uri.split(separator: "?", maxSplits: 1)
        guard parts.count == 2, parts[0] == "/ws" else { return nil }
        let pair = parts[1].split(separator: "&").first { $0.hasPrefix("ticket=") }
        return pair.map { String($0.dropFirst("ticket=".count)) }
    }
}

/// The result of one connection's upgrade decision, shared by the handlers of its pipeline.
final class Handshake: Sendable {
    private let state = Mutex((lifetime: 0, refusal: 403))

    /// How long the websocket may live, seconds.
    var lifetime: Int { state.withLock { $0.lifetime } }
    /// The HTTP status of a refusal.
    var refusal: Int { state.withLock { $0.refusal } }

    func setLifetime(_ seconds: Int) { state.withLock { $0.lifetime = seconds } }

    func setRefusal(_ status: Int?) { state.withLock { $0.refusal = status ?? 403 } }
}

/// Answers requests that were not upgraded.
final class RefusalHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let handshake: Handshake

    init(handshake: Handshake) { self.handshake = handshake }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let body = ByteBuffer(string: "connect with a websocket and the URL, unused, that createTransport returned\n")
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: handshake.refusal),
            headers: [
                "Content-Type": "text/plain", "Content-Length": String(body.readableBytes), "Connection": "close",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
