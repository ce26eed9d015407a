// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectTransport

@Suite("Service URLs")
struct ServiceURLTests {
    struct Row: Sendable {
        let text: String
        let isSecure: Bool
        let host: String
        let port: Int
        let path: String
        let target: String
        let authority: String

        init(
            _ text: String, secure: Bool, _ host: String, _ port: Int, _ path: String, _ target: String,
            _ authority: String
        ) {
            self.text = text
            isSecure = secure
            self.host = host
            self.port = port
            self.path = path
            self.target = target
            self.authority = authority
        }
    }

    @Test(
        "http, https, ws and wss URLs are split into their parts",
        arguments: [
            Row("https://x.example/api", secure: true, "x.example", 443, "/api", "/api", "x.example"),
            Row("https://x.example", secure: true, "x.example", 443, "/", "/", "x.example"),
            Row("http://x.example:80/", secure: false, "x.example", 80, "/", "/", "x.example"),
            Row("http://x.example:443/", secure: false, "x.example", 443, "/", "/", "x.example:443"),
            Row(
                "WSS://x.example:8443/a/b?c=d%20e&f=%2F", secure: true, "x.example", 8443, "/a/b", "/a/b?c=d%20e&f=%2F",
                "x.example:8443"),
            Row("ws://127.0.0.1:8080?x=1", secure: false, "127.0.0.1", 8080, "/", "/?x=1", "127.0.0.1:8080"),
            Row("wss://[::1]:9000/x", secure: true, "::1", 9000, "/x", "/x", "[::1]:9000"),
            Row("ws://[::1]/", secure: false, "::1", 80, "/", "/", "[::1]"),
            Row("https://x.example/a%2Fb", secure: true, "x.example", 443, "/a%2Fb", "/a%2Fb", "x.example"),
            Row("https://x.example/a#part", secure: true, "x.example", 443, "/a", "/a", "x.example"),
        ])
    func good(row: Row) throws {
        let url = try #require(ServiceURL(row.text))
        #expect(url.isSecure == row.isSecure)
        #expect(url.host == row.host)
        #expect(url.port == row.port)
        #expect(url.path == row.path)
        #expect(url.target == row.target)
        #expect(url.authority == row.authority)
    }

    @Test(
        "any other text → nil",
        arguments: [
            "", "x.example", "/api", "ftp://x.example/", "https://", "https:///api", "mailto:a@x.example",
            "file:///etc/hosts",
        ])
    func bad(text: String) {
        #expect(ServiceURL(text) == nil)
    }

    @Test(
        "a port outside 1...65535 → nil, because SwiftNIO would trap",
        arguments: ["https://10.0.0.1:99999/", "https://10.0.0.1:0/", "wss://[::1]:65536/", "https://x.example:70000"])
    func port(text: String) { #expect(ServiceURL(text) == nil) }
}
