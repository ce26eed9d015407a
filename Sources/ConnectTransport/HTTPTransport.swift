// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL
import SessionCore

/// Makes HTTP calls with two clients that differ only in the proxy.
final class HTTPTransport {
    private let loop: any EventLoop
    private let settings: TransportSettings
    private let direct: HTTPClient
    private let proxied: HTTPClient?
    private var cookies: CookieFile
    private static let shutdownLimit = TimeAmount.milliseconds(250)
    private var tasks: [CallID: HTTPClient.Task<HTTPClient.Response>] = [:]

    init(loop: any EventLoop, settings: TransportSettings, tls: TLSConfiguration, logger: Logger) {
        self.loop = loop
        self.settings = settings
        cookies = CookieFile(path: settings.cookieFile, logger: logger)
        let configuration = Self.configuration(settings, tls)
        direct = HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: configuration)
        proxied = settings.proxies.proxy.map { proxy in
            var through = configuration
            through.proxy = .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.credentials.map { .basic(username: $0.user, password: $0.password) })
            return HTTPClient(eventLoopGroupProvider: .shared(loop), configuration: through)
        }
    }

    private static func configuration(_ settings: TransportSettings, _ tls: TLSConfiguration)
        -> HTTPClient.Configuration
    {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .milliseconds(settings.connectTimeout)),
            connectionPool: .init(idleTimeout: .milliseconds(max(settings.keepAlive, 1))),
            decompression: settings.acceptsCompression ? .enabled(limit: .size(settings.maximumBody)) : .disabled)
        // HTTP/2 has no benefit for one call at a time, and many proxies break it.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        // As many connections as there can be calls, so no call waits for another's connection: a client's long polls must
        // not delay other clients' calls or the daemon's own. The ledger limits the number of clients' calls.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Session.callLimit + 16
        // Despite its name, this is the only access to a connection's pipeline.
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture { try Self.addStatusCodeCheck(to: channel.pipeline.syncOperations) }
        }
        return configuration
    }

    private static func addStatusCodeCheck(to pipeline: ChannelPipeline.SynchronousOperations) throws {
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(StatusCodeCheck(), position: .after(decoder))
    }

    /// Makes a call. `done` is called once on the loop, unless the call is cancelled first.
    func send(_ id: CallID, _ call: HTTPCall, done: @escaping (HTTPOutcome) -> Void) {
        guard let url = ServiceURL(call.url) else {
            return done(.failure("the URL of \(call.purpose) is not an http or https URL"))
        }
        let request: HTTPClient.Request
        do { request = try self.request(call, url) } catch { return done(.failure("\(error)")) }
        let isProxied = settings.proxies.proxy(forHost: url.host, port: url.port) != nil
        let client = isProxied ? proxied ?? direct : direct
        let task = client.execute(
            request: request,
            delegate: ResponseAccumulator(request: request, maxBodySize: settings.maximumBody),
            eventLoop: .delegate(on: loop), deadline: .now() + .milliseconds(call.timeout))
        tasks[id] = task
        let bound = NIOLoopBound((self, done), eventLoop: loop)
        let host = url.host
        task.futureResult.hop(to: loop).whenComplete { result in
            let (transport, done) = bound.value
            guard transport.tasks.removeValue(forKey: id) != nil else { return }
            done(transport.outcome(result, call, host))
        }
    }

    func cancel(_ id: CallID) { tasks.removeValue(forKey: id)?.cancel() }

    func shutDown() -> EventLoopFuture<Void> {
        for id in tasks.keys { cancel(id) }
        let done = loop.makePromise(of: Void.self)
        // Closing a TLS connection waits for the peer's close_notify, which a service in a long poll does not send.
        let timeout = loop.scheduleTask(in: Self.shutdownLimit) { done.succeed() }
        let loop = loop
        let clients = [direct, proxied].compactMap(\.self)
        Task {
            for client in clients { try? await client.shutdown() }
            loop.execute {
                timeout.cancel()
                done.succeed()
            }
        }
        return done.futureResult
    }

    private func request(_ call: HTTPCall, _ url: ServiceURL) throws -> HTTPClient.Request {
        var headers = HTTPHeaders()
        for header in call.headers { headers.add(name: header.name, value: header.value.reveal()) }
        headers.add(name: "User-Agent", value: settings.userAgent)
        if settings.acceptsCompression { headers.add(name: "Accept-Encoding", value: "gzip, deflate") }
        if settings.keepAlive == 0 { headers.add(name: "Connection", value: "close") }
        if call.usesCookies {
            cookies.refresh()
            if let cookie = cookies.jar.header(host: url.host, path: url.path, isSecure: url.isSecure) {
                headers.add(name: "Cookie", value: cookie)
            }
        }
        return try HTTPClient.Request(
            url: call.url, method: HTTPMethod(rawValue: call.method.rawValue), headers: headers,
            body: call.body.map { .bytes($0) })
    }

    private func outcome(
        _ result: Result<HTTPClient.Response, any Error>, _ call: HTTPCall, _ host: String
    ) -> HTTPOutcome {
        switch result {
        case .failure(let error): return .failure(Self.message(for: error))
        case .success(let response):
            if call.usesCookies {
                for header in response.headers["Set-Cookie"] { cookies.take(setCookie: header, host: host) }
            }
            let body = response.body.map { Array($0.readableBytesView) } ?? []
            return .response(status: Int(response.status.code), reason: response.status.reasonPhrase, body: body)
        }
    }

    /// A readable message. It must not contain the request, which has tokens.
    private static func message(for error: any Error) -> String {
        if let error = error as? HTTPClientError { return error.shortDescription }
        if let error = error as? NIOSSLError, case .handshakeFailed = error {
            return "the TLS handshake failed: check tls.trustRoots (\(error))"
        }
        return "\(error)"
    }
}
