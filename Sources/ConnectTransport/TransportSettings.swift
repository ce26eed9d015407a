// SPDX-License-Identifier: Apache-2.0

/// How the daemon reaches the service. Agents are often behind corporate proxies with their own certificates.
public struct TransportSettings: Sendable {
    /// A PEM file of certificate authorities to trust; nil means the system's.
    public var trustRootsFile: String?
    public var proxies = ProxyRules()
    /// The limit for opening a connection, in milliseconds.
    public var connectTimeout: Int64 = 10_000
    /// How long an idle connection is kept for the next call, in milliseconds; 0 closes it after each call.
    public var keepAlive: Int64 = 60_000
    /// True if responses may be compressed.
    public var acceptsCompression = true
    /// The longest response body or websocket message, in bytes.
    public var maximumBody = 32 << 20
    /// The file with the session's cookies, in the Netscape format; nil if there is none.
    public var cookieFile: String?
    /// True if a client hands over the cookies, so that there is no file.
    public var takesCookies = false
    /// Where cookies that the service renews are kept over a restart; nil to keep none.
    public var keptCookiesFile: String?
    /// Differs between daemons that must not use one another's cookies: socket, source and instance.
    public var keptCookiesOwner = ""

    var keptCookies: KeptCookies? { keptCookiesFile.map { KeptCookies(path: $0, owner: keptCookiesOwner) } }
    /// The `User-Agent` header.
    public var userAgent: String

    public init(userAgent: String) { self.userAgent = userAgent }
}

/// An invalid transport setting, or an invalid answer.
public struct TransportError: Error, Equatable, CustomStringConvertible {
    /// The problem, with the setting that causes it, if any.
    public let description: String
}
