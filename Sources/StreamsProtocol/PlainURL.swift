// SPDX-License-Identifier: Apache-2.0

/// Decides which URLs may be sent a token without TLS: those of this machine.
public enum PlainURL {
    /// True for a URL with that scheme and the host localhost, 127.x.y.z or ::1.
    ///
    /// Rejects anything unusual in the authority, such as a user name or a host that only begins like a loopback address:
    /// URL parsers disagree on those, and the resolver could end up at another host.
    public static func isLoopback(_ url: String, scheme: String) -> Bool {
        // Some URL parsers treat a backslash as a slash, others as part of the user name.
        guard url.lowercased().hasPrefix("\(scheme)://"), !url.contains("\\") else { return false }
        let authority = url.dropFirst(scheme.count + 3).prefix { !"/?#".contains($0) }
        if authority.hasPrefix("[") { return authority == "[::1]" || isPort(after: "[::1]:", in: authority) }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 1 || (parts.count == 2 && isNumber(parts[1], upTo: 65_535)) else { return false }
        return parts[0].lowercased() == "localhost" || isLoopbackAddress(parts[0])
    }

    /// True if a URL may be sent a token: HTTPS to any host, HTTP to this machine.
    public static func isSafe(_ url: String) -> Bool {
        guard url.lowercased().hasPrefix("https://") else { return isLoopback(url, scheme: "http") }
        // No user name or password, because the status shows endpoints.
        let authority = url.dropFirst("https://".count).prefix { !"/?#".contains($0) }
        return !authority.isEmpty && !authority.contains("@") && !url.contains("\\")
    }

    private static func isLoopbackAddress(_ host: Substring) -> Bool {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { isNumber($0, upTo: 255) }
    }

    private static func isPort(after prefix: String, in authority: Substring) -> Bool {
        authority.hasPrefix(prefix) && isNumber(authority.dropFirst(prefix.count), upTo: 65_535)
    }

    private static func isNumber(_ text: Substring, upTo limit: Int) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } && (Int(text) ?? limit + 1) <= limit
    }
}
