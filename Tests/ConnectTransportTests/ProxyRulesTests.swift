// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectTransport

@Suite("Proxy rules")
struct ProxyRulesTests {
    struct Row: Sendable {
        let exceptions: String
        let host: String
        let port: Int
        let isDirect: Bool

        init(_ exceptions: String, _ host: String, _ port: Int, direct: Bool) {
            self.exceptions = exceptions
            self.host = host
            self.port = port
            isDirect = direct
        }
    }

    @Test(
        "exceptions follow the conventions of NO_PROXY",
        arguments: [
            Row("", "a.example", 443, direct: false), Row("a.example", "a.example", 443, direct: true),
            Row("a.example", "A.Example", 443, direct: true), Row("A.EXAMPLE", "a.example", 443, direct: true),
            Row("a.example", "b.a.example", 443, direct: true), Row(".a.example", "b.a.example", 443, direct: true),
            Row(".a.example", "a.example", 443, direct: true), Row("a.example", "ba.example", 443, direct: false),
            Row("a.example", "a.example.org", 443, direct: false), Row("x,a.example", "a.example", 443, direct: true),
            Row("x, a.example ,y", "a.example", 443, direct: true), Row("x a.example", "a.example", 443, direct: true),
            Row("*", "a.example", 443, direct: true), Row("*,x", "10.0.0.1", 1, direct: true),
            Row("10.0.0.1:8443", "10.0.0.1", 8443, direct: true), Row("10.0.0.1:8443", "10.0.0.1", 443, direct: false),
            Row("a.example:443", "b.a.example", 443, direct: true), Row("10.0.0.1", "10.0.0.10", 443, direct: false),
            Row("::1", "::1", 443, direct: true), Row("[::1]", "::1", 443, direct: true),
            Row("localhost", "localhost", 8080, direct: true), Row("localhost", "127.0.0.1", 8080, direct: false),
        ])
    func exceptions(row: Row) throws {
        let rules = try ProxyRules(proxy: "http://proxy.example:3128", exceptions: row.exceptions)
        #expect((rules.proxy(forHost: row.host, port: row.port) == nil) == row.isDirect)
    }

    @Test(
        "IPv6 addresses as exceptions, with and without a port",
        arguments: [
            Row("fe80::1", "fe80::1", 443, direct: true), Row("fe80::1", "fe80", 1, direct: false),
            Row("[::1]:8443", "::1", 8443, direct: true), Row("[::1]:8443", "::1", 443, direct: false),
        ])
    func addresses(row: Row) throws {
        try exceptions(row: row)
    }

    @Test("a proxy with and without scheme, user and password is parsed")
    func proxy() throws {
        let plain = try #require(try ProxyRules(proxy: "http://proxy.example:8080", exceptions: nil).proxy)
        #expect(plain.host == "proxy.example" && plain.port == 8080 && plain.credentials == nil)
        let bare = try #require(try ProxyRules(proxy: "proxy.example:8080", exceptions: nil).proxy)
        #expect(bare == plain)
        let named = try #require(try ProxyRules(proxy: "http://us%40er:p%3Aw@proxy.example:1", exceptions: nil).proxy)
        #expect(named.credentials?.user == "us@er")
        #expect(named.credentials?.password == "p:w")
        #expect(named.host == "proxy.example" && named.port == 1)
        #expect(
            try ProxyRules(proxy: "http://user@proxy.example:1", exceptions: nil).proxy?.credentials?.password == "")
    }

    @Test("no proxy or an empty one → every connection is direct", arguments: [nil, ""])
    func none(text: String?) throws {
        let rules = try ProxyRules(proxy: text, exceptions: "a.example")
        #expect(rules.proxy == nil)
        #expect(rules.proxy(forHost: "b.example", port: 443) == nil)
        #expect(ProxyRules().proxy(forHost: "b.example", port: 443) == nil)
    }

    @Test(
        "an invalid proxy URL → TransportError",
        arguments: [
            "https://proxy.example:3128", "socks5://proxy.example:1080", "http://", "http://proxy.example:0",
            "http://proxy.example:70000", "://",
        ])
    func bad(text: String) {
        let message =
            "the HTTPS proxy must look like http://[user:password@]host:port (https:// proxies are not supported)"
        #expect(throws: TransportError(description: message)) { _ = try ProxyRules(proxy: text, exceptions: nil) }
    }

    @Test("the proxy's password is not printed")
    func secret() throws {
        let rules = try ProxyRules(proxy: "http://user:hunter2@proxy.example:1", exceptions: nil)
        var dumped = ""
        dump(rules, to: &dumped)
        for text in ["\(rules)", String(reflecting: rules), dumped] { #expect(!text.contains("hunter2")) }
    }
}
