public import Logging
public import NIOCore
import NIOSSL
public import SessionCore

/// Carries out what a session wants of the network, and hands back what comes of it.
///
/// Not `Sendable`: it lives on the event loop that it was made with, and is called there only.
public final class ConnectTransport {
    private let http: HTTPTransport
    private let webSockets: WebSocketTransport
    private let report: (SessionEvent) -> Void

    /// A transport that is ready. Fails if the trust roots cannot be read.
    ///
    /// - Parameter report: called on the loop with `.http` and `.webSocket` events.
    public init(
        loop: any EventLoop, settings: TransportSettings, logger: Logger, report: @escaping (SessionEvent) -> Void
    ) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = settings.trustRootsFile { tls.trustRoots = .certificates(try Self.trustRoots(file)) }
        tls.applicationProtocols = ["http/1.1"]
        http = HTTPTransport(loop: loop, settings: settings, tls: tls, logger: logger)
        webSockets = WebSocketTransport(
            loop: loop, settings: settings, tls: try NIOSSLContext(configuration: tls), logger: logger)
        self.report = report
    }

    /// Fails unless the file holds certificates.
    public static func checkTrustRoots(_ file: String) throws { _ = try trustRoots(file) }

    /// The certificates of a PEM file.
    static func trustRoots(_ file: String) throws -> [NIOSSLCertificate] {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(file)
            guard !certificates.isEmpty else { throw TransportError(description: "it holds no certificate") }
            return certificates
        } catch {
            throw TransportError(
                description: "tls.trustRoots: \(file) is not a PEM file of certificates that can be read (\(error))")
        }
    }

    /// Makes an HTTP call; its end is reported.
    public func send(_ id: CallID, _ call: HTTPCall) {
        http.send(id, call) { [report] in report(.http(id, $0)) }
    }

    /// Gives a call up; nothing is reported.
    public func cancel(_ id: CallID) { http.cancel(id) }

    /// Opens a websocket; what happens to it is reported.
    public func openWebSocket(_ id: WebSocketID, url: Secret) {
        webSockets.open(id, url: url) { [report] in report(.webSocket(id, $0)) }
    }

    /// Sends a text frame.
    public func sendText(_ id: WebSocketID, _ text: [UInt8]) { webSockets.send(id, text) }

    /// Closes a websocket; nothing more is reported of it.
    public func closeWebSocket(_ id: WebSocketID, code: Int) { webSockets.close(id, code: code) }

    /// Ends everything.
    public func shutDown() -> EventLoopFuture<Void> {
        webSockets.shutDown()
        return http.shutDown()
    }
}
