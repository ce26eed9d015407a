import FoundationEssentials

/// Which connections go through which proxy, by the conventions of HTTPS_PROXY and NO_PROXY as curl has them.
public struct ProxyRules: Equatable, Sendable {
    /// A proxy that speaks HTTP CONNECT.
    public struct Proxy: Equatable, Sendable {
        public let host: String
        public let port: Int
        /// User name and password, if it wants them.
        public let credentials: Credentials?
    }

    /// What a proxy wants to know.
    public struct Credentials: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
        let user: String
        let password: String

        /// Nothing to see.
        public var description: String { "<redacted>" }
        /// Nothing to see.
        public var customMirror: Mirror { Mirror(self, children: []) }
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

    /// `host`, `.domain`, `host:port`, `::1`, `[::1]:port`.
    private static func exception(_ text: Substring) -> Exception {
        let text = text.lowercased()
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let port = text[text.index(after: end)...].dropFirst()
            return Exception(host: String(text[text.index(after: text.startIndex)..<end]), port: Int(port))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // More than one colon is an IPv6 address.
        let port = parts.count == 2 ? Int(parts[1]) : nil
        let host = port == nil ? text : String(parts[0])
        return Exception(host: String(host.drop { $0 == "." }), port: port)
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
