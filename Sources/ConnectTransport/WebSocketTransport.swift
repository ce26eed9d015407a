import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import SessionCore

/// Opens websockets and carries their frames.
final class WebSocketTransport {
    private let loop: any EventLoop
    private let settings: TransportSettings
    private let tls: NIOSSLContext
    private let logger: Logger
    private var lines: [WebSocketID: Line] = [:]

    private final class Line {
        let handle: (WebSocketSignal) -> Void
        /// The connection once the websocket is open.
        var channel: (any Channel)?
        /// The connection while the handshake is under way.
        var pending: (any Channel)?

        init(handle: @escaping (WebSocketSignal) -> Void) { self.handle = handle }
    }

    init(loop: any EventLoop, settings: TransportSettings, tls: NIOSSLContext, logger: Logger) {
        self.loop = loop
        self.settings = settings
        self.tls = tls
        self.logger = logger
    }

    /// Opens a websocket; `handle` is called on the loop until it is closed by either side, the last time with `.closed`.
    func open(_ id: WebSocketID, url: Secret, handle: @escaping (WebSocketSignal) -> Void) {
        lines[id] = Line(handle: handle)
        guard let target = ServiceURL(url.reveal()) else { return ended(id, 1006, "") }
        let bound = NIOLoopBound(self, eventLoop: loop)
        connect(target).whenComplete { result in
            let transport = bound.value
            switch result {
            case .failure(let error): transport.failed(id, Self.words(for: error))
            case .success(let channel): transport.connected(id, channel, target)
            }
        }
    }

    func send(_ id: WebSocketID, _ text: [UInt8]) {
        guard let channel = lines[id]?.channel else { return }
        guard channel.isWritable else {
            return logger.warning("a frame was dropped: the service does not read its websocket")
        }
        write(.init(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(bytes: text)), to: channel)
    }

    /// Closes; nothing more is heard of it.
    func close(_ id: WebSocketID, code: Int) {
        guard let line = lines.removeValue(forKey: id) else { return }
        line.pending?.close(promise: nil)
        guard let channel = line.channel else { return }
        var data = ByteBuffer()
        data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: code))
        write(.init(fin: true, opcode: .connectionClose, maskKey: .random(), data: data), to: channel)
        // A peer that is gone never answers a close frame.
        loop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }

    func shutDown() { for id in lines.keys { close(id, code: 1001) } }

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

    /// CONNECT through the proxy, as for HTTPS.
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
        guard let line = lines[id] else { return channel.close(promise: nil) }
        line.pending = channel
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
                case .failure(let error): bound.value.failed(id, Self.words(for: error), channel)
                }
            }
        } catch {
            failed(id, Self.words(for: error), channel)
        }
    }

    /// What NIO says of a connection that goes away under the handshake is about NIO, not about the connection.
    private static func words(for error: any Error) -> String {
        error is ChannelError ? "the connection ended during the handshake (\(error))" : "\(error)"
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
        guard let line = lines[id] else { return channel.close(promise: nil) }
        line.pending = nil
        line.channel = channel
        line.handle(.opened)
    }

    private func failed(_ id: WebSocketID, _ reason: String, _ channel: (any Channel)? = nil) {
        channel?.close(promise: nil)
        if lines[id] != nil { logger.warning("the websocket could not be opened", metadata: ["why": "\(reason)"]) }
        ended(id, 1006, "")
    }

    // MARK: For the handler

    func received(_ id: WebSocketID, _ text: [UInt8]) { lines[id]?.handle(.text(text)) }

    func ended(_ id: WebSocketID, _ code: Int, _ reason: String) {
        lines.removeValue(forKey: id)?.handle(.closed(code: code, reason: reason))
    }

    private func write(_ frame: WebSocketFrame, to channel: any Channel) {
        channel.writeAndFlush(frame, promise: nil)
    }
}

extension ProxyRules.Credentials {
    fileprivate var basic: String { "Basic \(Base64.encoded("\(user):\(password)"))" }
}

extension String {
    /// True for an IP address, which cannot be a server name in TLS.
    fileprivate var isAddress: Bool { (try? SocketAddress(ipAddress: self, port: 0)) != nil }
}
