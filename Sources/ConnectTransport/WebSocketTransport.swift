// SPDX-License-Identifier: Apache-2.0
import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import SessionCore
import StreamsProtocol

/// Opens websockets and sends and receives their frames.
final class WebSocketTransport {
    private let loop: any EventLoop
    private let settings: TransportSettings
    private let tls: NIOSSLContext
    private let logger: Logger
    private var connections: [WebSocketID: Connection] = [:]

    private final class Connection {
        let handle: (WebSocketSignal) -> Void
        /// The channel of the open websocket; nil before that.
        var channel: (any Channel)?
        /// The channel during the handshake.
        var pending: (any Channel)?

        init(handle: @escaping (WebSocketSignal) -> Void) { self.handle = handle }
    }

    init(loop: any EventLoop, settings: TransportSettings, tls: NIOSSLContext, logger: Logger) {
        self.loop = loop
        self.settings = settings
        self.tls = tls
        self.logger = logger
    }

    /// Opens a websocket. `handle` is called on the loop with each signal. The last one is `.closed`, unless `close` is called
    /// first.
    func open(_ id: WebSocketID, url: Secret, handle: @escaping (WebSocketSignal) -> Void) {
        connections[id] = Connection(handle: handle)
        guard let target = ServiceURL(url.reveal()) else { return ended(id, 1006, "") }
        let bound = NIOLoopBound(self, eventLoop: loop)
        connect(target).whenComplete { result in
            let transport = bound.value
            switch result {
            case .failure(let error): transport.failed(id, Self.message(for: error))
            case .success(let channel): transport.connected(id, channel, target)
            }
        }
    }

    func send(_ id: WebSocketID, _ text: [UInt8]) {
        guard let channel = connections[id]?.channel else { return }
        guard channel.isWritable else {
            return logger.warning("a websocket frame was dropped: the service is not reading")
        }
        write(.init(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(bytes: text)), to: channel)
    }

    /// Closes a websocket. Its `handle` is not called again.
    func close(_ id: WebSocketID, code: Int) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        connection.pending?.close(promise: nil)
        guard let channel = connection.channel else { return }
        var data = ByteBuffer()
        data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: code))
        write(.init(fin: true, opcode: .connectionClose, maskKey: .random(), data: data), to: channel)
        // A peer that has gone never answers the close frame.
        loop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }

    func shutDown() { for id in connections.keys { close(id, code: 1001) } }

    // MARK: Opening

    private func connect(_ target: ServiceURL) -> EventLoopFuture<any Channel> {
        let proxy = settings.proxies.proxy(forHost: target.host, port: target.port)
        return ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(settings.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: proxy?.host ?? target.host, port: proxy?.port ?? target.port)
            .flatMap { [timeout = settings.connectTimeout] channel in
                guard let proxy else { return channel.eventLoop.makeSucceededFuture(channel) }
                return Self.tunnel(channel, through: proxy, to: target, timeout: timeout)
            }
    }

    /// Opens a tunnel through the proxy with CONNECT, as for HTTPS.
    private static func tunnel(
        _ channel: any Channel, through proxy: ProxyRules.Proxy, to target: ServiceURL, timeout: Int64
    ) -> EventLoopFuture<any Channel> {
        var headers = HTTPHeaders()
        if let credentials = proxy.credentials { headers.add(name: "Proxy-Authorization", value: credentials.basic) }
        let promise = channel.eventLoop.makePromise(of: Void.self)
        do {
            let encoder = HTTPRequestEncoder()
            let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes))
            let handler = NIOHTTP1ProxyConnectHandler(
                targetHost: target.host, targetPort: target.port, headers: headers,
                deadline: .now() + .milliseconds(timeout), promise: promise)
            try channel.pipeline.syncOperations.addHandlers(encoder, decoder, handler)
            let bound = NIOLoopBound((encoder, decoder), eventLoop: channel.eventLoop)
            return promise.futureResult.flatMap {
                let (encoder, decoder) = bound.value
                let pipeline = channel.pipeline.syncOperations
                return pipeline.removeHandler(encoder).and(pipeline.removeHandler(decoder)).map { _ in channel }
            }
        } catch {
            promise.fail(error)
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    private func connected(_ id: WebSocketID, _ channel: any Channel, _ target: ServiceURL) {
        guard let connection = connections[id] else { return channel.close(promise: nil) }
        connection.pending = channel
        let bound = NIOLoopBound(self, eventLoop: loop)
        do {
            if target.isSecure {
                try channel.pipeline.syncOperations.addHandler(
                    NIOSSLClientHandler(context: tls, serverHostname: target.host.isAddress ? nil : target.host))
            }
            let upgraded = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                configuration: .init(upgradeConfiguration: upgrade(id, target)))
            upgraded.whenComplete { result in
                switch result {
                case .success(true): bound.value.opened(id, channel)
                case .success(false): bound.value.failed(id, "the service refused the websocket handshake", channel)
                case .failure(let error): bound.value.failed(id, Self.message(for: error), channel)
                }
            }
        } catch {
            failed(id, Self.message(for: error), channel)
        }
    }

    /// A connection that ends during the handshake causes a `ChannelError`, whose text alone does not say so.
    private static func message(for error: any Error) -> String {
        error is ChannelError ? "the connection ended during the handshake" : FailureReason.text(error)
    }

    private func upgrade(
        _ id: WebSocketID, _ target: ServiceURL
    ) -> NIOTypedHTTPClientUpgradeConfiguration<Bool> {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target.target)
        head.headers.add(name: "Host", value: target.authority)
        head.headers.add(name: "User-Agent", value: settings.userAgent)
        head.headers.add(name: "Content-Length", value: "0")
        let bound = NIOLoopBound(self, eventLoop: loop)
        let limit = settings.maximumBody
        let upgrader = NIOTypedWebSocketClientUpgrader<Bool>(maxFrameSize: limit) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers(
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 4096, maxAccumulatedFrameSize: limit),
                    FrameHandler(id: id, transport: bound.value))
                return true
            }
        }
        return NIOTypedHTTPClientUpgradeConfiguration(
            upgradeRequestHead: head, upgraders: [upgrader],
            notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(false) })
    }

    private func opened(_ id: WebSocketID, _ channel: any Channel) {
        guard let connection = connections[id] else { return channel.close(promise: nil) }
        connection.pending = nil
        connection.channel = channel
        connection.handle(.opened)
    }

    private func failed(_ id: WebSocketID, _ reason: String, _ channel: (any Channel)? = nil) {
        channel?.close(promise: nil)
        if connections[id] != nil {
            logger.warning("the websocket could not be opened", metadata: ["why": "\(reason)"])
        }
        ended(id, 1006, "")
    }

    // MARK: Called by FrameHandler

    func received(_ id: WebSocketID, _ text: [UInt8]) { connections[id]?.handle(.text(text)) }

    func ended(_ id: WebSocketID, _ code: Int, _ reason: String) {
        connections.removeValue(forKey: id)?.handle(.closed(code: code, reason: reason))
    }

    private func write(_ frame: WebSocketFrame, to channel: any Channel) {
        channel.writeAndFlush(frame, promise: nil)
    }
}

extension ProxyRules.Credentials {
    fileprivate var basic: String { "Basic \(Base64.encoded("\(user):\(password)"))" }
}

extension String {
    /// True for an IP address, which TLS does not allow as a server name.
    fileprivate var isAddress: Bool { (try? SocketAddress(ipAddress: self, port: 0)) != nil }
}
