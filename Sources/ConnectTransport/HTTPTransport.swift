import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL
import SessionCore

/// Makes HTTP calls: two clients of one make, one through the proxy and one without.
final class HTTPTransport {
    private let loop: any EventLoop
    private let settings: TransportSettings
    private let direct: HTTPClient
    private let proxied: HTTPClient?
    private var cookies: CookieFile
    private static let farewell = TimeAmount.milliseconds(250)
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
        // One call, one answer: what would HTTP/2 spare us here, and proxies that mangle it are many.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        // As many as there can be calls, so that none waits for another's connection: a client's long polls must not keep
        // the daemon's own, nor its sisters' calls. What clients may ask at a time is the ledger's to bound.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Session.callLimit + 16
        return configuration
    }

    /// Makes the call; `done` is called once on the loop, unless it is cancelled first.
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
        // TLS says goodbye and waits for the answer, which a service in the middle of a long poll does not give.
        let patience = loop.scheduleTask(in: Self.farewell) { done.succeed() }
        let loop = loop
        let clients = [direct, proxied].compactMap(\.self)
        Task {
            for client in clients { try? await client.shutdown() }
            loop.execute {
                patience.cancel()
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
        case .failure(let error): return .failure(Self.words(for: error))
        case .success(let response):
            if call.usesCookies {
                for header in response.headers["Set-Cookie"] { cookies.take(setCookie: header, host: host) }
            }
            let body = response.body.map { Array($0.readableBytesView) } ?? []
            return .response(status: Int(response.status.code), reason: response.status.reasonPhrase, body: body)
        }
    }

    /// Errors in words that help; never the request, which holds tokens.
    private static func words(for error: any Error) -> String {
        if let error = error as? HTTPClientError { return error.shortDescription }
        if let error = error as? NIOSSLError, case .handshakeFailed = error {
            return "the TLS handshake failed: is tls.trustRoots right? (\(error))"
        }
        return "\(error)"
    }
}
