/// How the daemon reaches the service: agents sit behind corporate proxies and their certificates.
public struct TransportSettings: Sendable {
    /// A PEM file of certificate authorities to trust; nil means the system's.
    public var trustRootsFile: String?
    public var proxies = ProxyRules()
    /// How long a TCP connection (and TLS) may take, in milliseconds.
    public var connectTimeout: Int64 = 10_000
    /// How long an idle connection is kept for the next call, in milliseconds; 0 closes it after each.
    public var keepAlive: Int64 = 60_000
    /// True if answers may be compressed.
    public var acceptsCompression = true
    /// The longest answer, in bytes.
    public var maximumBody = 32 << 20
    /// A file of the session's cookies, in Netscape's format; nil if there is none.
    public var cookieFile: String?
    /// What the daemon calls itself.
    public var userAgent: String

    public init(userAgent: String) { self.userAgent = userAgent }
}

/// Why the transport cannot be made.
public struct TransportError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, and with which setting.
    public let description: String
}
