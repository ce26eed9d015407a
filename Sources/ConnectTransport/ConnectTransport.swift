// SPDX-License-Identifier: Apache-2.0
public import Logging
public import NIOCore
import NIOSSL
public import SessionCore
public import StreamsProtocol

/// Carries out a session's network actions and reports the results as session events.
///
/// Not `Sendable`: all calls must be made on the event loop that it was created with.
public final class ConnectTransport {
    private let http: HTTPTransport
    private let webSockets: WebSocketTransport
    private let report: (SessionEvent) -> Void

    /// - Parameter report: called on the loop with `.http` and `.webSocket` events.
    /// - Throws: `TransportError` if the trust roots cannot be read.
    public init(
        loop: any EventLoop, settings: TransportSettings, logger: Logger, report: @escaping (SessionEvent) -> Void
    ) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = settings.trustRootsFile { tls.trustRoots = .certificates(try Self.trustRoots(file)) }
        tls.applicationProtocols = ["http/1.1"]
        // Everything older is deprecated (RFC 8996), and AWS refuses it.
        tls.minimumTLSVersion = .tlsv12
        http = HTTPTransport(loop: loop, settings: settings, tls: tls, logger: logger)
        webSockets = WebSocketTransport(
            loop: loop, settings: settings, tls: try NIOSSLContext(configuration: tls), logger: logger)
        self.report = report
    }

    /// Removes the cookies that an earlier run has kept. It blocks.
    public static func removeKeptCookies(_ path: String) { KeptCookies(path: path, owner: "").remove() }

    /// Throws `TransportError` unless the file is a PEM file with at least one certificate.
    public static func checkTrustRoots(_ file: String) throws { _ = try trustRoots(file) }

    /// Looks at the cookie file as the first request would, and returns warnings about its permissions. It blocks.
    ///
    /// - Throws: `TransportError` if there are no cookies for this URL; it says why.
    public static func checkCookieFile(_ path: String, for url: String) throws -> [String] {
        do {
            let file = try CookieFile.read(path)
            guard let url = ServiceURL(url) else { return file.warnings }
            _ = try SessionCookies.header(
                in: CookieJar(netscape: file.text), path, host: url.host, target: url.path, isSecure: url.isSecure)
            return file.warnings
        } catch {
            throw TransportError(description: "session.cookieFile: \(error)")
        }
    }

    static func trustRoots(_ file: String) throws -> [NIOSSLCertificate] {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(file)
            guard !certificates.isEmpty else { throw TransportError(description: "it contains no certificates") }
            return certificates
        } catch {
            throw TransportError(
                description: "tls.trustRoots: could not read certificates from the PEM file \(file) (\(error))")
        }
    }

    /// Makes an HTTP call and reports its outcome.
    public func send(_ id: CallID, _ call: HTTPCall) {
        http.send(id, call) { [report] in report(.http(id, $0)) }
    }

    /// Takes the present cookie file as known.
    public func noteCredentials() { http.cookies?.note() }

    /// Reports `.credentialsChanged` if the cookie file is another one than at the last sign-in or `noteCredentials`.
    public func lookForCredentials() {
        http.cookies?.look { [report] in report(.credentialsChanged) }
    }

    /// True if there are cookies of a sign-in, even if they have expired.
    public var hasCookies: Bool { http.cookies?.hasCookies == true }

    /// Removes all cookies, also those that are kept for a restart, and reports `.credentialsForgotten`.
    public func forgetCredentials() {
        guard let cookies = http.cookies else { return report(.credentialsForgotten(problem: nil)) }
        cookies.forget { [report] problem in report(.credentialsForgotten(problem: problem?.description)) }
    }

    /// Uses the cookies of a new sign-in, in the format of a cookie file. The session has to be told.
    ///
    /// - Parameter url: where they have to be valid.
    /// - Throws: `TransportError` if there are none for this URL; it says why. The former cookies stay then.
    public func setCookies(_ text: Secret, for url: String) throws {
        guard let url = ServiceURL(url) else { throw TransportError(description: "there is no authorize endpoint") }
        do throws(CookieProblem) { try http.cookies?.replace(with: text.reveal(), for: url) } catch {
            throw TransportError(description: "\(error)")
        }
    }

    /// Cancels a call. Its outcome is not reported.
    public func cancel(_ id: CallID) { http.cancel(id) }

    /// Opens a websocket and reports its signals.
    public func openWebSocket(_ id: WebSocketID, url: Secret) {
        webSockets.open(id, url: url) { [report] in report(.webSocket(id, $0)) }
    }

    /// Sends a text frame. The frame is dropped if the websocket is not open or not writable.
    public func sendText(_ id: WebSocketID, _ text: [UInt8]) { webSockets.send(id, text) }

    /// Closes a websocket. No further signal of it is reported.
    public func closeWebSocket(_ id: WebSocketID, code: Int) { webSockets.close(id, code: code) }

    /// Closes all websockets, cancels all calls and closes the connection pools. The future completes within 250 ms.
    public func shutDown() -> EventLoopFuture<Void> {
        webSockets.shutDown()
        return http.shutDown()
    }
}
