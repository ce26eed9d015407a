// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ConnectTransport

@Suite("Session cookies")
struct CookieJarTests {
    private func jar(_ lines: String...) -> CookieJar { CookieJar(netscape: lines.joined(separator: "\n")) }

    /// 2025-01-01T12:00:00Z.
    private static let now: Int64 = 1_735_732_800_000

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
        #expect(Self.header(jar, host: "x.example", path: "/auth/authorize", isSecure: true) == "three=; one=1; two=2=")
        #expect(Self.header(jar, host: "x.example", path: "/auth/authorize", isSecure: false) == "three=; one=1")
        #expect(Self.header(jar, host: "a.x.example", path: "/auth", isSecure: true) == "two=2=")
        #expect(Self.header(jar, host: "y.example", path: "/", isSecure: true) == nil)
        #expect(CookieJar(netscape: "").isEmpty)
        #expect(CookieJar().isEmpty)
    }

    @Test("CRLF line endings are accepted; a later cookie replaces an earlier one")
    func lines() {
        let text = [line("x.example", false, "/", false, "a", "1"), line("x.example", false, "/", false, "a", "2")]
        let jar = CookieJar(netscape: text.joined(separator: "\r\n") + "\r\n")
        #expect(Self.header(jar, host: "X.EXAMPLE", path: "/", isSecure: false) == "a=2")
    }

    @Test(
        "a cookie's path matches itself and the paths below it",
        arguments: [
            ("/auth", "/auth", true), ("/auth", "/auth/x", true), ("/auth", "/authorize", false), ("/auth", "/", false),
            ("/auth/", "/auth/x", true), ("/auth/", "/auth", false), ("/", "/anything", true),
        ].map { PathRow(cookie: $0.0, request: $0.1, covers: $0.2) })
    func paths(row: PathRow) {
        let jar = jar(line("x.example", false, row.cookie, false, "a", "1"))
        #expect((Self.header(jar, host: "x.example", path: row.request, isSecure: true) != nil) == row.covers)
    }

    struct PathRow: Sendable {
        let cookie: String
        let request: String
        let covers: Bool
    }

    @Test("Set-Cookie applies only to its host, unless it names a domain that contains the host")
    func taking() {
        var jar = CookieJar()
        Self.take("own=1", "A.x.example", &jar)
        Self.take("shared=2=2; Domain=.X.Example; Path=/auth; HttpOnly; SameSite=Lax", "a.x.example", &jar)
        Self.take("safe=3;secure", "a.x.example", &jar)
        Self.take("foreign=4; Domain=y.example", "a.x.example", &jar)
        Self.take("below=5; Domain=b.a.x.example", "a.x.example", &jar)
        Self.take("odd=6; Path=nowhere", "a.x.example", &jar)
        for nonsense in ["", "=7", "novalue", ";"] { Self.take(nonsense, "a.x.example", &jar) }
        #expect(
            Self.header(jar, host: "a.x.example", path: "/auth/x", isSecure: true) == "shared=2=2; own=1; safe=3; odd=6"
        )
        #expect(Self.header(jar, host: "a.x.example", path: "/", isSecure: false) == "own=1; odd=6")
        #expect(Self.header(jar, host: "c.x.example", path: "/auth", isSecure: true) == "shared=2=2")
        #expect(Self.header(jar, host: "y.example", path: "/", isSecure: true) == nil)
    }

    @Test("Set-Cookie replaces a cookie; a Max-Age of 0 or less removes it")
    func replacing() {
        var jar = CookieJar()
        Self.take("a=1", "x.example", &jar)
        Self.take("b=1; Max-Age=60", "x.example", &jar)
        Self.take("a=2", "x.example", &jar)
        #expect(Self.header(jar, host: "x.example", path: "/", isSecure: true) == "a=2; b=1")
        Self.take("a=; Max-Age=0", "x.example", &jar)
        Self.take("b=; max-age=-1; Path=/other", "x.example", &jar)
        #expect(Self.header(jar, host: "x.example", path: "/", isSecure: true) == "b=1")
        Self.take("b=; max-age=-1", "x.example", &jar)
        #expect(jar.isEmpty)
    }

    @Test("white space around names and values is removed")
    func space() {
        var jar = CookieJar()
        Self.take(" a = 1 ; Path = /auth ", "x.example", &jar)
        #expect(Self.header(jar, host: "x.example", path: "/auth", isSecure: true) == "a=1")
        #expect(Self.header(jar, host: "x.example", path: "/", isSecure: true) == nil)
    }

    // Runs in its own process, because a regression would trap.
    @Test("an empty attribute, for example after a final semicolon → ignored")
    func emptyAttribute() async {
        await #expect(processExitsWith: .success) {
            for text in ["a=1; ", "a=1; ; Path=/", "a=1; =", "a=1;  ;"] {
                var jar = CookieJar()
                Self.take(text, "x.example", &jar)
                #expect(Self.header(jar, host: "x.example", path: "/", isSecure: true) == "a=1")
            }
        }
    }

    private static func take(
        _ header: String, _ host: String, _ jar: inout CookieJar, path: String = "/", isSecure: Bool = true
    ) {
        jar.take(setCookie: header, host: host, path: path, isSecure: isSecure, at: Self.now)
    }

    private static func header(_ jar: CookieJar, host: String, path: String, isSecure: Bool) -> String? {
        switch jar.lookUp(host: host, path: path, isSecure: isSecure, at: Self.now) {
        case .header(let header): header
        case .expired, .unsuitable, .none: nil
        }
    }

    @Test(
        "Expires in the past removes a cookie; Max-Age takes precedence; a wrong date is ignored",
        arguments: [
            ("Expires=Wed, 01 Jan 2020 00:00:00 GMT", false), ("Expires=Wed, 01 Jan 2030 00:00:00 GMT", true),
            ("Max-Age=60; Expires=Wed, 01 Jan 2020 00:00:00 GMT", true),
            ("Max-Age=0; Expires=Wed, 01 Jan 2030 00:00:00 GMT", false), ("Expires=soon", true),
        ])
    func expiry(attributes: String, stays: Bool) {
        var jar = CookieJar()
        Self.take("a=1", "x.example", &jar)
        Self.take("a=2; \(attributes)", "x.example", &jar)
        #expect(Self.header(jar, host: "x.example", path: "/", isSecure: true) == (stays ? "a=2" : nil))
    }

    @Test("a cookie of the file that has expired is told apart from one that is not there")
    func expired() {
        let jar = CookieJar(netscape: "x.example\tFALSE\t/\tFALSE\t1000\ta\t1")
        #expect(jar.lookUp(host: "x.example", path: "/", isSecure: true, at: Self.now) == .expired)
        #expect(jar.lookUp(host: "x.example", path: "/", isSecure: true, at: 999_999) == .header("a=1"))
        #expect(jar.lookUp(host: "y.example", path: "/", isSecure: true, at: Self.now) == .none)
        #expect(jar.domains == ["x.example"])
    }

    @Test(
        "what RFC 6265bis does not permit is ignored",
        arguments: [
            ("a=1; Domain=com", "x.com"), ("a=1; Domain=0.0.1", "127.0.0.1"), ("__Host-a=1; Path=/", "x.example"),
            ("__Host-a=1; Secure; Domain=x.example; Path=/", "x.example"), ("__Secure-a=1", "x.example"),
            ("a=\u{1}", "x.example"), ("a=" + String(repeating: "x", count: 4096), "x.example"),
        ])
    func forbidden(text: String, host: String) {
        var jar = CookieJar()
        Self.take(text, host, &jar)
        #expect(jar.isEmpty)
    }

    @Test("without TLS, a cookie can neither be Secure nor replace one that is")
    func insecure() {
        var jar = CookieJar()
        Self.take("a=1; Secure", "x.example", &jar, isSecure: false)
        #expect(jar.isEmpty)
        Self.take("a=1; Secure", "x.example", &jar)
        Self.take("a=2", "x.example", &jar, isSecure: false)
        #expect(Self.header(jar, host: "x.example", path: "/", isSecure: true) == "a=1")
    }

    @Test(
        "without Path, a cookie belongs to the folder of the request's path",
        arguments: [
            ("/auth/authorize", "/auth"), ("/auth", "/"), ("/", "/"),
        ])
    func folder(path: String, folder: String) {
        var jar = CookieJar()
        Self.take("a=1", "x.example", &jar, path: path)
        #expect(Self.header(jar, host: "x.example", path: folder, isSecure: true) == "a=1")
        #expect((Self.header(jar, host: "x.example", path: "/", isSecure: true) == nil) == (folder != "/"))
    }
}
