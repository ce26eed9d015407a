// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// The browser's cookies for one host as a cookie file in the Netscape format, as the daemon reads it.
enum CookieText {
    /// - Parameter cookies: the `Cookie` objects of the DevTools protocol.
    static func netscape(_ cookies: [JSON], host: String) -> Secret {
        Secret("# Netscape HTTP Cookie File\n" + cookies.compactMap { line($0, host) }.joined())
    }

    /// Nil for a cookie that is not sent to this host, or that the format cannot express.
    private static func line(_ cookie: JSON, _ host: String) -> String? {
        guard let domain = cookie["domain"]?.string, let path = cookie["path"]?.string,
            let name = cookie["name"]?.string, !name.isEmpty, let value = cookie["value"]?.string
        else { return nil }
        let includesSubdomains = domain.hasPrefix(".")
        let bare = WebOrigin.bare(String(domain.drop { $0 == "." })).lowercased()
        guard bare == host || includesSubdomains && isBelow(host, bare), isOwnPartition(cookie["partitionKey"], host)
        else { return nil }
        let fields = [
            (includesSubdomains ? "." : "") + bare, includesSubdomains ? "TRUE" : "FALSE", path,
            cookie["secure"]?.bool == true ? "TRUE" : "FALSE", "\(expiry(cookie))", name, value,
        ]
        guard !fields.contains(where: { $0.unicodeScalars.contains(where: \.isDisplayControl) }) else { return nil }
        return (cookie["httpOnly"]?.bool == true ? "#HttpOnly_" : "") + fields.joined(separator: "\t") + "\n"
    }

    /// Seconds since 1970; 0 for a cookie that lasts as long as the browser.
    private static func expiry(_ cookie: JSON) -> Int64 {
        guard cookie["session"]?.bool != true, let expires = cookie["expires"]?.double, expires > 0 else { return 0 }
        return Int64(exactly: expires.rounded(.up)) ?? 0
    }

    private static func isBelow(_ host: String, _ domain: String) -> Bool {
        !domain.isEmpty && host.hasSuffix("." + domain)
    }

    /// A partitioned cookie is sent only below the site that its partition names. The cookies of other partitions belong to
    /// frames of this host in pages of other sites.
    private static func isOwnPartition(_ key: JSON?, _ host: String) -> Bool {
        guard let key, !key.isNull else { return true }
        // Before Chromium 127 the key was the site itself.
        let site = (key["topLevelSite"]?.string ?? key.string).flatMap { WebOrigin($0)?.host }
        guard let site, key["hasCrossSiteAncestor"]?.bool != true else { return false }
        return site == host || isBelow(host, site)
    }
}
