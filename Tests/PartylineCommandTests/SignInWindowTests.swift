// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import partyline

@Suite("The sign-in window")
struct SignInWindowTests {
    private static let page = "https://a.example/login"

    private func window() throws -> SignInWindow {
        let check = try #require(SignInCheck(authorizeURL: "https://a.example/connect/auth/authorize"))
        var window = SignInWindow(page: Self.page, check: check)
        #expect(window.begin() == [.send(.discoverPages, id: 1), .send(.open(Self.page), id: 2)])
        return window
    }

    /// A window with the sign-in page, which has been asked at 10 ms, by command 4.
    private func askedWindow() throws -> SignInWindow {
        var window = try window()
        #expect(texts(window.handle(.page("p", Self.page), at: 0)) == ["3 attach p"])
        #expect(texts(window.handle(.attached("s", "p"), at: 10)) == ["4 ask s"])
        return window
    }

    private func answer(_ value: JSON) -> JSON { ["result": ["type": "boolean", "value": value]] }

    private func texts(_ steps: [SignInWindow.Step]) -> [String] {
        steps.map { step in
            switch step {
            case .send(.discoverPages, let id): "\(id) discover"
            case .send(.open(let url), let id): "\(id) open \(url)"
            case .send(.attach(let page), let id): "\(id) attach \(page)"
            case .send(.evaluate(let session, _), let id): "\(id) ask \(session)"
            case .send(.cookies, let id): "\(id) cookies"
            case .send(.close, let id): "\(id) close"
            case .end(.signedIn(let cookies)): "signed in: \(cookies.reveal())"
            case .end(.closed): "closed"
            case .end(.failed(let reason)): "failed: \(reason)"
            }
        }
    }

    @Test("no → again after 2 s; yes → the cookies of the service's host, and the end")
    func whole() throws {
        var window = try askedWindow()
        #expect(window.handle(.result(4, answer(false)), at: 300).isEmpty)
        #expect(window.nextDeadline == 2010)
        #expect(window.tick(at: 2009).isEmpty)
        #expect(texts(window.tick(at: 2010)) == ["5 ask s"])
        #expect(window.nextDeadline == nil)
        #expect(texts(window.handle(.result(5, answer(true)), at: 2200)) == ["6 cookies"])
        #expect(window.nextDeadline == nil && window.tick(at: 9000).isEmpty)
        let cookies: JSON = [
            "cookies": [
                ["name": "a", "value": "1", "domain": "a.example", "path": "/", "session": true],
                ["name": "b", "value": "2", "domain": "idp.example", "path": "/", "session": true],
            ]
        ]
        let text = "# Netscape HTTP Cookie File\na.example\tFALSE\t/\tFALSE\t0\ta\t1\n"
        #expect(texts(window.handle(.result(6, cookies), at: 9001)) == ["signed in: " + text])
        #expect(window.handle(.gone("p"), at: 9002).isEmpty && window.tick(at: 99_000).isEmpty)
    }

    @Test(
        "only the Boolean true means yes",
        arguments: [["result": ["value": "true"]], ["result": ["value": 1]], ["result": [:]], [:], .null] as [JSON])
    func other(result: JSON) throws {
        var window = try askedWindow()
        #expect(window.handle(.result(4, result), at: 300).isEmpty)
        #expect(texts(window.tick(at: 2010)) == ["5 ask s"])
    }

    @Test("the script gets the URL as a JavaScript string")
    func script() throws {
        let check = try #require(SignInCheck(authorizeURL: "https://a.example/x?y='\\\""))
        #expect(check.script.hasSuffix(#"("https://a.example/x?y='\\\"")"#))
        #expect(SignInCheck(authorizeURL: "file:///etc/passwd") == nil)
    }

    @Test(
        "a page of another origin is never asked",
        arguments: [
            "https://idp.example/", "http://a.example/", "https://a.example:8443/", "https://a.example.evil.example/",
            "https://evil.example/?https://a.example/", "https://a.example@evil.example/", "about:blank", "",
            "data:text/html,https://a.example/", "chrome-error://chromewebdata/", "https://b.a.example/",
        ])
    func foreign(url: String) throws {
        var window = try window()
        #expect(window.handle(.page("p", url), at: 0).isEmpty)
        #expect(window.nextDeadline == nil && window.tick(at: 10_000).isEmpty)
    }

    @Test(
        "other ways to write the origin are asked",
        arguments: ["https://a.example", "https://A.example:443/x?y#z", "https://user@a.example/"])
    func same(url: String) throws {
        var window = try window()
        #expect(texts(window.handle(.page("p", url), at: 0)) == ["3 attach p"])
    }

    @Test("to an identity provider and back: no question there, one at once afterwards, in the same session")
    func provider() throws {
        var window = try askedWindow()
        #expect(window.handle(.result(4, answer(false)), at: 100).isEmpty)
        #expect(window.handle(.page("p", "https://idp.example/saml"), at: 1000).isEmpty)
        #expect(window.nextDeadline == nil && window.tick(at: 30_000).isEmpty)
        #expect(texts(window.handle(.page("p", "https://a.example/saml/acs"), at: 60_000)) == ["5 ask s"])
    }

    @Test("another page while a question is pending → the question fails, and the next one follows half a second later")
    func navigation() throws {
        var window = try askedWindow()
        #expect(window.handle(.page("p", "https://a.example/home"), at: 100).isEmpty)
        #expect(window.handle(.failure(4, "Inspected target navigated or closed"), at: 110).isEmpty)
        #expect(window.nextDeadline == 510)
        #expect(texts(window.tick(at: 510)) == ["5 ask s"])
        #expect(texts(window.handle(.result(5, answer(true)), at: 600)) == ["6 cookies"])
    }

    @Test("a page that changes all the time is asked twice a second")
    func restless() throws {
        var window = try askedWindow()
        var asked = 0
        for now in stride(from: Int64(20), through: 3010, by: 10) {
            for case .send(.evaluate, let id) in window.handle(.page("p", "https://a.example/#\(now)"), at: now) {
                asked += 1
                #expect(window.handle(.result(id, answer(false)), at: now).isEmpty)
            }
            if now == 20 { #expect(window.handle(.result(4, answer(false)), at: now).isEmpty) }
        }
        #expect(asked == 6)
    }

    @Test("two pages → each is asked in its own session; the answer of either counts")
    func popup() throws {
        var window = try askedWindow()
        #expect(window.handle(.page("q", ""), at: 20).isEmpty)
        #expect(texts(window.handle(.page("q", "https://a.example/popup"), at: 30)) == ["5 attach q"])
        #expect(texts(window.handle(.attached("t", "q"), at: 40)) == ["6 ask t"])
        #expect(window.handle(.result(4, answer(false)), at: 50).isEmpty)
        #expect(window.handle(.result(6, answer(false)), at: 60).isEmpty)
        #expect(texts(window.tick(at: 2040)) == ["7 ask s", "8 ask t"])
        #expect(texts(window.handle(.result(8, answer(true)), at: 2050)) == ["9 cookies"])
        #expect(window.handle(.result(7, answer(true)), at: 2060).isEmpty)
    }

    @Test("the last page is gone → closed; one of two → not")
    func closed() throws {
        var window = try askedWindow()
        #expect(window.hasOpened)
        #expect(window.handle(.page("q", "https://idp.example/"), at: 20).isEmpty)
        #expect(window.handle(.gone("p"), at: 30).isEmpty)
        #expect(texts(window.handle(.gone("q"), at: 40)) == ["closed"])
    }

    @Test("before the first page nothing is closed")
    func unopened() throws {
        var window = try window()
        #expect(window.handle(.gone("x"), at: 0).isEmpty && !window.hasOpened)
    }

    @Test("the window is closed while the cookies are on their way → signed in")
    func closedLate() throws {
        var window = try askedWindow()
        #expect(texts(window.handle(.result(4, answer(true)), at: 20)) == ["5 cookies"])
        #expect(window.handle(.gone("p"), at: 30).isEmpty)
        let steps = texts(window.handle(.result(5, ["cookies": []]), at: 40))
        #expect(steps == ["signed in: # Netscape HTTP Cookie File\n"])
    }

    @Test("no window, or no cookies → the browser's reason")
    func failures() throws {
        var window = try window()
        #expect(
            texts(window.handle(.failure(2, "no display"), at: 0)) == [
                "failed: the browser cannot open a window: no display"
            ])
        var second = try askedWindow()
        #expect(texts(second.handle(.result(4, answer(true)), at: 20)) == ["5 cookies"])
        #expect(
            texts(second.handle(.failure(5, "why"), at: 30)) == [
                "failed: the browser does not hand over its cookies: why"
            ])
    }

    @Test("a session that cannot begin, or that ends → another one")
    func sessions() throws {
        var window = try window()
        #expect(texts(window.handle(.page("p", Self.page), at: 0)) == ["3 attach p"])
        #expect(window.handle(.failure(3, "No target with given id found"), at: 10).isEmpty)
        #expect(texts(window.tick(at: 2000)) == ["4 attach p"])
        #expect(texts(window.handle(.attached("s", "p"), at: 2010)) == ["5 ask s"])
        #expect(window.handle(.detached("s"), at: 2020).isEmpty)
        #expect(texts(window.tick(at: 4010)) == ["6 attach p"])
    }
}
