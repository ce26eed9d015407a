// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// The parts of a URL that are needed to connect.
struct ServiceURL: Equatable {
    let isSecure: Bool
    let host: String
    let port: Int
    /// Path and query.
    let target: String
    let path: String

    /// An http, https, ws or wss URL; nil for anything else.
    init?(_ text: String) {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), let host = url.host(), !host.isEmpty
        else { return nil }
        switch scheme {
        case "https", "wss": isSecure = true
        case "http", "ws": isSecure = false
        default: return nil
        }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = url.port ?? (isSecure ? 443 : 80)
        // SwiftNIO and async-http-client do not check these and would trap.
        guard !self.host.isEmpty, (1...65_535).contains(port) else { return nil }
        let path = url.path(percentEncoded: true)
        self.path = path.isEmpty ? "/" : path
        target = self.path + (url.query(percentEncoded: true).map { "?\($0)" } ?? "")
    }

    /// The value of the `Host` header: the host, and the port unless it is the scheme's default.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
