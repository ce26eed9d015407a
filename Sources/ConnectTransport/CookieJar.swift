// SPDX-License-Identifier: Apache-2.0

/// The session's cookies, read from a file in the Netscape format (curl's `-c`) and updated by `Set-Cookie` headers.
struct CookieJar: Equatable {
    private struct Cookie: Equatable {
        let domain: String
        let includesSubdomains: Bool
        let path: String
        let isSecure: Bool
        let name: String
        let value: String
    }

    private var cookies: [Cookie] = []

    init() {}

    /// Parses a cookie file. Lines that are not cookies are skipped, as other readers of the format do.
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
            store(
                Cookie(
                    domain: domain, includesSubdomains: fields[1] == "TRUE" || isDotted, path: String(fields[2]),
                    isSecure: fields[3] == "TRUE", name: String(fields[5]), value: String(fields[6])))
        }
    }

    var isEmpty: Bool { cookies.isEmpty }

    /// The `Cookie` header for a request; nil if no cookie matches.
    func header(host: String, path: String, isSecure: Bool) -> String? {
        let host = host.lowercased()
        let fitting = cookies.filter { cookie in
            let sameHost = host == cookie.domain || (cookie.includesSubdomains && host.hasSuffix("." + cookie.domain))
            return sameHost && Self.covers(cookie.path, path) && (isSecure || !cookie.isSecure)
        }
        guard !fitting.isEmpty else { return nil }
        return fitting.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    /// Applies a `Set-Cookie` header of a response from `host`. A cookie for a domain that does not contain the host is
    /// rejected. A `Max-Age` of 0 or less removes the cookie.
    mutating func take(setCookie header: String, host: String) {
        let host = host.lowercased()
        let parts = header.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        guard let pair = parts.first, let equals = pair.firstIndex(of: "="), equals != pair.startIndex else { return }
        var attributes: [String: String] = [:]
        for part in parts.dropFirst() {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.trimmed)
            guard let name = halves.first, !name.isEmpty else { continue }
            attributes[name.lowercased()] = halves.count > 1 ? String(halves[1]) : ""
        }
        var domain = attributes["domain"]?.lowercased() ?? ""
        if domain.hasPrefix(".") { domain.removeFirst() }
        guard domain.isEmpty || host == domain || host.hasSuffix("." + domain) else { return }
        let cookie = Cookie(
            domain: domain.isEmpty ? host : domain, includesSubdomains: !domain.isEmpty,
            path: attributes["path"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/",
            isSecure: attributes["secure"] != nil, name: String(Self.trimmed(pair[..<equals])),
            value: String(Self.trimmed(pair[pair.index(after: equals)...])))
        if let age = attributes["max-age"].flatMap({ Int($0) }), age <= 0 { return remove(cookie) }
        store(cookie)
    }

    /// Removes white space at both ends (RFC 6265, 5.2).
    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    private mutating func store(_ cookie: Cookie) {
        remove(cookie)
        cookies.append(cookie)
    }

    private mutating func remove(_ cookie: Cookie) {
        cookies.removeAll { $0.name == cookie.name && $0.domain == cookie.domain && $0.path == cookie.path }
    }

    private static func covers(_ prefix: String, _ path: String) -> Bool {
        path == prefix
            || (path.hasPrefix(prefix) && (prefix.hasSuffix("/") || path.dropFirst(prefix.count).first == "/"))
    }
}
