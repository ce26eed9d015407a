// SPDX-License-Identifier: Apache-2.0
import AsyncHTTPClient
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import SessionCore
import StreamsProtocol

/// Makes HTTP calls with two clients that differ only in the proxy.
final class HTTPTransport {
    private let loop: any EventLoop
    private let settings: TransportSettings
    private let direct: HTTPClient
    private let proxied: HTTPClient?
    let cookies: SessionCookies?
    private static let shutdownLimit = TimeAmount.milliseconds(250)
    private var tasks: [CallID: HTTPClient.Task<HTTPClient.Response>] = [:]
    /// Calls whose cookies are being read.
    private var preparing: Set<CallID> = []

    init(loop: any EventLoop, settings: TransportSettings, tls: TLSConfiguration, logger: Logger) {
        self.loop = loop
        self.settings = settings
        let origin = settings.cookieFile.map(SessionCookies.Origin.file) ?? (settings.takesCookies ? .client : nil)
        cookies = origin.map {
            SessionCookies($0, kept: settings.keptCookies, loop: loop, logger: logger)
        }
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
        guard call.usesCookies, let cookies else { return send(id, call, url, CallCookies(), done: done) }
        if call.purpose == "logout", let generation = cookies.current {
            let header = cookies.headerInUse(for: url)
            let problem: CookieProblem? = if case .failure(let problem) = header { problem } else { nil }
            return send(id, call, url, CallCookies((try? header.get()) ?? nil, problem, generation), done: done)
        }
        preparing.insert(id)
        cookies.header(for: url, isSignIn: call.purpose == "authorize") { cookie, generation in
            guard self.preparing.remove(id) != nil else { return }
            switch cookie {
            case .success(let header): self.send(id, call, url, CallCookies(header, nil, generation), done: done)
            // The service decides whether it needs one.
            case .failure(let problem): self.send(id, call, url, CallCookies(nil, problem, generation), done: done)
            }
        }
    }

    /// The cookies of a call.
    private struct CallCookies {
        let header: String?
        /// Why there are none.
        let problem: CookieProblem?
        /// The number of the sign-in.
        let generation: Int

        init(_ header: String? = nil, _ problem: CookieProblem? = nil, _ generation: Int = 0) {
            (self.header, self.problem, self.generation) = (header, problem, generation)
        }
    }

    private func send(
        _ id: CallID, _ call: HTTPCall, _ url: ServiceURL, _ cookies: CallCookies,
        done: @escaping (HTTPOutcome) -> Void
    ) {
        let request: HTTPClient.Request
        do { request = try self.request(call, cookies.header) } catch {
            return done(.failure(FailureReason.text(error)))
        }
        let isProxied = settings.proxies.proxy(forHost: url.host, port: url.port) != nil
        let client = isProxied ? proxied ?? direct : direct
        let task = client.execute(
            request: request,
            delegate: ResponseAccumulator(request: request, maxBodySize: settings.maximumBody),
            eventLoop: .delegate(on: loop), deadline: .now() + .milliseconds(call.timeout))
        tasks[id] = task
        let bound = NIOLoopBound((self, done), eventLoop: loop)
        task.futureResult.hop(to: loop).whenComplete { result in
            let (transport, done) = bound.value
            guard transport.tasks.removeValue(forKey: id) != nil else { return }
            transport.deliver(transport.outcome(result, call, url, cookies), done)
        }
    }

    func cancel(_ id: CallID) {
        preparing.remove(id)
        tasks.removeValue(forKey: id)?.cancel()
    }

    func shutDown() -> EventLoopFuture<Void> {
        preparing = []
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

    private func request(_ call: HTTPCall, _ cookie: String?) throws -> HTTPClient.Request {
        var headers = HTTPHeaders()
        for header in call.headers { headers.add(name: header.name, value: header.value.reveal()) }
        headers.add(name: "User-Agent", value: settings.userAgent)
        if settings.acceptsCompression { headers.add(name: "Accept-Encoding", value: "gzip, deflate") }
        if settings.keepAlive == 0 { headers.add(name: "Connection", value: "close") }
        if let cookie { headers.add(name: "Cookie", value: cookie) }
        return try HTTPClient.Request(
            url: call.url, method: HTTPMethod(rawValue: call.method.rawValue), headers: headers,
            body: call.body.map { .bytes($0) })
    }

    /// Parses a long body on another thread first, because the event loop serves every client meanwhile.
    private func deliver(_ outcome: HTTPOutcome, _ done: @escaping (HTTPOutcome) -> Void) {
        guard case .response(let response) = outcome, response.isSuccess, response.body.count > Self.parseLimit else {
            return done(outcome)
        }
        let bound = NIOLoopBound(done, eventLoop: loop)
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) { response.parsing() }
            .whenSuccess { bound.value(.response($0)) }
    }

    /// The longest body that is parsed on the event loop, in bytes.
    private static let parseLimit = 1 << 20

    private func outcome(
        _ result: Result<HTTPClient.Response, any Error>, _ call: HTTPCall, _ url: ServiceURL,
        _ used: CallCookies
    ) -> HTTPOutcome {
        switch result {
        case .failure(let error): return .failure(FailureReason.text(error))
        case .success(let response):
            if call.usesCookies {
                for header in response.headers["Set-Cookie"] {
                    cookies?.take(setCookie: header, from: url, generation: used.generation)
                }
            }
            let body = response.body.map { Array($0.readableBytesView) } ?? []
            var answer = HTTPResponse(
                status: Int(response.status.code), reason: response.status.reasonPhrase, body: body,
                retryAfter: response.headers.first(name: "Retry-After").flatMap { Self.retryAfter($0, at: .now) })
            answer.cookieProblem = used.problem?.description
            return .response(answer)
        }
    }

    /// Milliseconds from now, for a number of seconds or a date (RFC 9110, 10.2.3); nil for anything else.
    static func retryAfter(_ text: String, at now: Date) -> Int64? {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return min(Int64(text) ?? .max, 86_400) * 1000
        }
        return HTTPDate.milliseconds(text).map { max(0, $0 - Int64(now.timeIntervalSince1970 * 1000)) }
    }
}
