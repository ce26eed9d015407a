// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Scheme, host and port of a page: what browsers compare before one page may read another.
struct WebOrigin: Equatable {
    let scheme: String
    /// In lower case. An IPv6 address has no brackets, as in the daemon.
    let host: String
    let port: Int

    /// Nil for anything but an http or https URL.
    init?(_ text: String) {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = url.host()
        else { return nil }
        self.scheme = scheme
        self.host = Self.bare(host.lowercased())
        port = url.port ?? (scheme == "https" ? 443 : 80)
        if self.host.isEmpty { return nil }
    }

    /// A host without the brackets of an IPv6 address.
    static func bare(_ host: String) -> String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}
