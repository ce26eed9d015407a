// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectTransport

@Suite("Session cookies")
struct CookieJarTests {
    private func jar(_ lines: String...) -> CookieJar { CookieJar(netscape: lines.joined(separator: "\n")) }

    private func line(
        _ domain: String, _ subdomains: Bool, _ path: String, _ secure: Bool, _ name: String, _ value: String
    ) -> String {
        [domain, subdomains ? "TRUE" : "FALSE", path, secure ? "TRUE" : "FALSE", "0", name, value]
            .joined(separator: "\t")
    }

    @Test("a file in the Netscape format is read; lines that are not cookies are skipped")
    func netscape() {
        let jar = jar(
            "# Netscape HTTP Cookie File", "", "nonsense", "a\tb\tc",
            line("x.example", false, "/", false, "one", "1"),
            "#HttpOnly_" + line(".x.example", true, "/", true, "two", "2="),
            line("x.example", false, "/", false, "", "nameless"), line("X.Example", false, "/auth", false, "three", ""))
        #expect(!jar.isEmpty)
        #expect(jar.header(host: "x.example", path: "/auth/authorize", isSecure: true) == "one=1; two=2=; three=")
        #expect(jar.header(host: "x.example", path: "/auth/authorize", isSecure: false) == "one=1; three=")
        #expect(jar.header(host: "a.x.example", path: "/auth", isSecure: true) == "two=2=")
        #expect(jar.header(host: "y.example", path: "/", isSecure: true) == nil)
        #expect(CookieJar(netscape: "").isEmpty)
        #expect(CookieJar().isEmpty)
    }

    @Test("CRLF line endings are accepted; a later cookie replaces an earlier one")
    func lines() {
        let text = [line("x.example", false, "/", false, "a", "1"), line("x.example", false, "/", false, "a", "2")]
        let jar = CookieJar(netscape: text.joined(separator: "\r\n") + "\r\n")
        #expect(jar.header(host: "X.EXAMPLE", path: "/", isSecure: false) == "a=2")
    }

    @Test(
        "a cookie's path matches itself and the paths below it",
        arguments: [
            ("/auth", "/auth", true), ("/auth", "/auth/x", true), ("/auth", "/authorize", false), ("/auth", "/", false),
            ("/auth/", "/auth/x", true), ("/auth/", "/auth", false), ("/", "/anything", true),
        ].map { PathRow(cookie: $0.0, request: $0.1, covers: $0.2) })
    func paths(row: PathRow) {
        let jar = jar(line("x.example", false, row.cookie, false, "a", "1"))
        #expect((jar.header(host: "x.example", path: row.request, isSecure: true) != nil) == row.covers)
    }

    struct PathRow: Sendable {
        let cookie: String
        let request: String
        let covers: Bool
    }

    @Test("Set-Cookie applies only to its host, unless it names a domain that contains the host")
    func taking() {
        var jar = CookieJar()
        jar.take(setCookie: "own=1", host: "A.x.example")
        jar.take(setCookie: "shared=2=2; Domain=.X.Example; Path=/auth; HttpOnly; SameSite=Lax", host: "a.x.example")
        jar.take(setCookie: "safe=3;secure", host: "a.x.example")
        jar.take(setCookie: "foreign=4; Domain=y.example", host: "a.x.example")
        jar.take(setCookie: "below=5; Domain=b.a.x.example", host: "a.x.example")
        jar.take(setCookie: "odd=6; Path=nowhere", host: "a.x.example")
        for nonsense in ["", "=7", "novalue", ";"] { jar.take(setCookie: nonsense, host: "a.x.example") }
        #expect(
            jar.header(host: "a.x.example", path: "/auth/x", isSecure: true) == "own=1; shared=2=2; safe=3; odd=6")
        #expect(jar.header(host: "a.x.example", path: "/", isSecure: false) == "own=1; odd=6")
        #expect(jar.header(host: "c.x.example", path: "/auth", isSecure: true) == "shared=2=2")
        #expect(jar.header(host: "y.example", path: "/", isSecure: true) == nil)
    }

    @Test("Set-Cookie replaces a cookie; a Max-Age of 0 or less removes it")
    func replacing() {
        var jar = CookieJar()
        jar.take(setCookie: "a=1", host: "x.example")
        jar.take(setCookie: "b=1; Max-Age=60", host: "x.example")
        jar.take(setCookie: "a=2", host: "x.example")
        #expect(jar.header(host: "x.example", path: "/", isSecure: true) == "b=1; a=2")
        jar.take(setCookie: "a=; Max-Age=0", host: "x.example")
        jar.take(setCookie: "b=; max-age=-1; Path=/other", host: "x.example")
        #expect(jar.header(host: "x.example", path: "/", isSecure: true) == "b=1")
        jar.take(setCookie: "b=; max-age=-1", host: "x.example")
        #expect(jar.isEmpty)
    }

    @Test("white space around names and values is removed")
    func space() {
        var jar = CookieJar()
        jar.take(setCookie: " a = 1 ; Path = /auth ", host: "x.example")
        #expect(jar.header(host: "x.example", path: "/auth", isSecure: true) == "a=1")
        #expect(jar.header(host: "x.example", path: "/", isSecure: true) == nil)
    }

    // Runs in its own process, because a regression would trap.
    @Test("an empty attribute, for example after a final semicolon → ignored")
    func emptyAttribute() async {
        await #expect(processExitsWith: .success) {
            for header in ["a=1; ", "a=1; ; Path=/", "a=1; =", "a=1;  ;"] {
                var jar = CookieJar()
                jar.take(setCookie: header, host: "x.example")
                #expect(jar.header(host: "x.example", path: "/", isSecure: true) == "a=1")
            }
        }
    }
}
