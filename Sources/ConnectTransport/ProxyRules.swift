import FoundationEssentials

/// Which connections go through which proxy, by the conventions of HTTPS_PROXY and NO_PROXY as curl has them.
public struct ProxyRules: Equatable, Sendable {
    /// A proxy that speaks HTTP CONNECT.
    public struct Proxy: Equatable, Sendable {
        /// Its host.
        public let host: String
        /// Its port.
        public let port: Int
        /// User name and password, if it wants them.
        public let credentials: Credentials?
    }

    /// What a proxy wants to know.
    public struct Credentials: Equatable, Sendable, CustomStringConvertible {
        let user: String
        let password: String

        /// Nothing to see.
        public var description: String { "<redacted>" }
    }

    /// The proxy for TLS connections, if there is one.
    public let proxy: Proxy?
    private let exceptions: [Exception]

    private struct Exception: Equatable {
        let host: String
        let port: Int?
    }

    /// No proxy at all.
    public init() {
        proxy = nil
        exceptions = []
    }

    /// Rules from `http://[user:password@]host:port` and a list like `localhost,.corp.example,10.0.0.1:8443` (`*` means
    /// every host). Fails where the proxy is not such a URL.
    public init(proxy: String?, exceptions: String?) throws(TransportError) {
        self.proxy = try proxy.flatMap { $0.isEmpty ? nil : $0 }.map(Self.parse)
        self.exceptions = (exceptions ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map(Self.exception)
    }

    /// The proxy for a connection to that host, or nil if it goes directly.
    public func proxy(forHost host: String, port: Int) -> Proxy? {
        let host = host.lowercased()
        return exceptions.contains { Self.covers($0, host, port) } ? nil : proxy
    }

    private static func covers(_ exception: Exception, _ host: String, _ port: Int) -> Bool {
        if let only = exception.port, only != port { return false }
        return exception.host == "*" || host == exception.host || host.hasSuffix("." + exception.host)
    }

    private static func exception(_ text: Substring) -> Exception {
        var host = text.lowercased()
        var port: Int?
        let parts = host.split(separator: ":")
        if parts.count == 2, let number = Int(parts[1]) {
            host = String(parts[0])
            port = number
        }
        while host.hasPrefix(".") { host.removeFirst() }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return Exception(host: host, port: port)
    }

    private static func parse(_ text: String) throws(TransportError) -> Proxy {
        let problem = TransportError(
            description:
                "the HTTPS proxy has to look like http://[user:password@]host:port (https:// proxies are not supported)"
        )
        guard let url = URL(string: text.contains("://") ? text : "http://\(text)"), url.scheme == "http",
            let host = url.host(percentEncoded: false), !host.isEmpty
        else { throw problem }
        let port = url.port ?? 3128
        guard (1...65_535).contains(port) else { throw problem }
        let credentials = url.user(percentEncoded: false).map {
            Credentials(user: $0, password: url.password(percentEncoded: false) ?? "")
        }
        return Proxy(host: host, port: port, credentials: credentials)
    }
}
