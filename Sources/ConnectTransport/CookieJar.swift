// SPDX-License-Identifier: Apache-2.0

/// The session's cookies, read from a file in the Netscape format (curl's `-c`) and updated by `Set-Cookie` headers, by the
/// rules of RFC 6265bis. All times are milliseconds since 1970.
struct CookieJar: Equatable {
    private struct Key: Hashable {
        let domain: String
        let path: String
        let name: String
    }

    private struct Cookie: Equatable {
        let includesSubdomains: Bool
        let isSecure: Bool
        let value: String
        /// Nil for a cookie that lasts as long as the session.
        let expiry: Int64?
        /// A number that grows. A cookie that replaces another one keeps its place.
        var order = 0
    }

    /// The longest name and value together, and the longest attribute, in bytes (RFC 6265bis, 5.5).
    private static let pairLimit = 4096
    private static let attributeLimit = 1024

    private var cookies: [Key: Cookie] = [:]
    private var nextOrder = 0

    init() {}

    /// Parses a cookie file. Lines that are not cookies are skipped, as other readers of the format do. Expired cookies are
    /// kept: `lookUp` tells them apart from cookies that are not there.
    init(netscape text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            var line = line
            if line.hasPrefix("#HttpOnly_") { line = line.dropFirst("#HttpOnly_".count) }
            guard !line.hasPrefix("#") else { continue }
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count >= 7, !fields[5].isEmpty else { continue }
            var domain = fields[0].lowercased()
            let isDotted = domain.hasPrefix(".")
            if isDotted { domain.removeFirst() }
            // 0 means a cookie of the session. A number beyond the range of dates never expires.
            let expiry = Int64(fields[4]).flatMap { $0 > 0 && $0 < 100_000_000_000 ? $0 * 1000 : nil }
            store(
                Key(domain: domain, path: String(fields[2]), name: String(fields[5])),
                Cookie(
                    includesSubdomains: fields[1] == "TRUE" || isDotted, isSecure: fields[3] == "TRUE",
                    value: String(fields[6]), expiry: expiry))
        }
    }

    /// The cookies that have not expired, as a cookie file. A cookie that the format cannot express is left out.
    func netscape(at now: Int64) -> String {
        let rows = cookies.filter { !Self.isExpired($0.value, now) }.sorted { $0.value.order < $1.value.order }
        let lines = rows.map { key, cookie in
            [
                (cookie.includesSubdomains ? "." : "") + key.domain, cookie.includesSubdomains ? "TRUE" : "FALSE",
                key.path,
                cookie.isSecure ? "TRUE" : "FALSE", String(cookie.expiry.map { ($0 + 999) / 1000 } ?? 0), key.name,
                cookie.value,
            ]
        }
        return lines.filter { !$0.joined().contains { $0 == "\t" || $0.isNewline } }
            .map { $0.joined(separator: "\t") + "\n" }.joined()
    }

    var isEmpty: Bool { cookies.isEmpty }

    /// The domains of the cookies, sorted.
    var domains: [String] { Set(cookies.keys.map(\.domain)).sorted() }

    /// The result of a search for a request's cookies.
    enum Result: Equatable {
        /// The `Cookie` header.
        case header(String)
        /// There are cookies for this request, and all have expired.
        case expired
        /// There are cookies for this host, but for other paths or only for https.
        case unsuitable
        /// There are no cookies for this host.
        case none
    }

    func lookUp(host: String, path: String, isSecure: Bool, at now: Int64) -> Result {
        let host = host.lowercased()
        let own = cookies.filter { key, cookie in
            host == key.domain || (cookie.includesSubdomains && Self.isBelow(host, key.domain))
        }
        guard !own.isEmpty else { return .none }
        let matching = own.filter { Self.covers($0.key.path, path) && (isSecure || !$0.value.isSecure) }
        guard !matching.isEmpty else { return .unsuitable }
        let current = matching.filter { !Self.isExpired($0.value, now) }
            .sorted { ($1.key.path.utf8.count, $0.value.order) < ($0.key.path.utf8.count, $1.value.order) }
        guard !current.isEmpty else { return .expired }
        return .header(current.map { "\($0.key.name)=\($0.value.value)" }.joined(separator: "; "))
    }

    /// Applies a `Set-Cookie` header of a response from `host`. A header that the RFC does not permit is ignored. An expiry
    /// in the past removes the cookie.
    ///
    /// - Parameter path: of the request.
    mutating func take(setCookie header: String, host: String, path: String, isSecure: Bool, at now: Int64) {
        let host = host.lowercased()
        guard let line = SetCookieLine(header, attributeLimit: Self.attributeLimit),
            line.name.utf8.count + line.value.utf8.count <= Self.pairLimit, isSecure || !line.isSecure
        else { return }
        let domain = line.domain ?? ""
        // A domain with one label, such as com, would send the cookie to everybody.
        guard domain.isEmpty || host == domain || (domain.contains(".") && Self.isBelow(host, domain)),
            Self.permitsPrefix(line, isSecure: isSecure)
        else { return }
        let key = Key(
            domain: domain.isEmpty ? host : domain, path: line.path ?? Self.folder(of: path), name: line.name)
        let cookie = Cookie(
            includesSubdomains: !domain.isEmpty, isSecure: line.isSecure, value: line.value,
            expiry: line.expiry(at: now))
        // A cookie that was set over TLS cannot be replaced without it.
        if let old = cookies[key], old.isSecure, !isSecure { return }
        Self.isExpired(cookie, now) ? cookies[key] = nil : store(key, cookie)
    }

    private mutating func store(_ key: Key, _ cookie: Cookie) {
        var cookie = cookie
        cookie.order = cookies[key]?.order ?? nextOrder
        nextOrder += 1
        cookies[key] = cookie
    }

    private static func isExpired(_ cookie: Cookie, _ now: Int64) -> Bool { cookie.expiry.map { $0 <= now } ?? false }

    /// True if the host is a subdomain. An address has no subdomains.
    private static func isBelow(_ host: String, _ domain: String) -> Bool {
        host.hasSuffix("." + domain) && !host.allSatisfy { $0.isNumber || $0 == "." } && !host.contains(":")
    }

    private static func permitsPrefix(_ line: SetCookieLine, isSecure: Bool) -> Bool {
        let name = line.name.lowercased()
        if name.hasPrefix("__host-") { return line.isSecure && isSecure && line.domain == nil && line.path == "/" }
        return !name.hasPrefix("__secure-") || (line.isSecure && isSecure)
    }

    /// The path of a cookie without `Path`: the request's, up to its last slash.
    private static func folder(of path: String) -> String {
        guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    private static func covers(_ prefix: String, _ path: String) -> Bool {
        path == prefix
            || (path.hasPrefix(prefix) && (prefix.hasSuffix("/") || path.dropFirst(prefix.count).first == "/"))
    }
}
