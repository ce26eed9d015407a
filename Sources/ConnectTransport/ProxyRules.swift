// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Decides which connections use the proxy, with curl's conventions for HTTPS_PROXY and NO_PROXY.
public struct ProxyRules: Equatable, Sendable {
    /// An HTTP CONNECT proxy.
    public struct Proxy: Equatable, Sendable {
        public let host: String
        public let port: Int
        /// Nil if the proxy needs no authentication.
        public let credentials: Credentials?
    }

    /// The user name and password for a proxy. Prints as `<redacted>`.
    public struct Credentials: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
        let user: String
        let password: String

        public var description: String { "<redacted>" }
        /// Has no children, so `dump` does not show the password.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// Nil if there is no proxy.
    public let proxy: Proxy?
    private let exceptions: [Exception]

    private struct Exception: Equatable {
        let host: String
        let port: Int?
    }

    /// Rules without a proxy.
    public init() {
        proxy = nil
        exceptions = []
    }

    /// Parses a proxy such as `http://[user:password@]host:port` and a list of exceptions such as
    /// `localhost,.corp.example,10.0.0.1:8443`, where `*` means every host. Throws if the proxy is not such a URL.
    public init(proxy: String?, exceptions: String?) throws(TransportError) {
        self.proxy = try proxy.flatMap { $0.isEmpty ? nil : $0 }.map(Self.parse)
        self.exceptions = (exceptions ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map(Self.exception)
    }

    /// The proxy for a connection to `host`; nil if the connection is direct.
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
        // Text with more than one colon is an IPv6 address.
        let port = parts.count == 2 ? Int(parts[1]) : nil
        let host = port == nil ? text : String(parts[0])
        return Exception(host: String(host.drop { $0 == "." }), port: port)
    }

    private static func parse(_ text: String) throws(TransportError) -> Proxy {
        let problem = TransportError(
            description:
                "the HTTPS proxy must look like http://[user:password@]host:port (https:// proxies are not supported)"
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
