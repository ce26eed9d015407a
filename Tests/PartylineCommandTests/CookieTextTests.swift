// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol
import Testing

@testable import partyline

@Suite("The browser's cookies as a cookie file")
struct CookieTextTests {
    private static let header = "# Netscape HTTP Cookie File\n"

    /// A cookie with changed members.
    private static func cookie(_ changes: [(String, JSON)] = []) -> JSON {
        var cookie = JSONObject([
            ("name", "n"), ("value", "v"), ("domain", "a.b.example"), ("path", "/"), ("expires", -1), ("session", true),
            ("httpOnly", false), ("secure", true),
        ])
        for (name, value) in changes { cookie[name] = value }
        return .object(cookie)
    }

    private static let sent: [(String, [(String, JSON)], String)] = [
        ("a cookie of this host only", [], "a.b.example\tFALSE\t/\tTRUE\t0\tn\tv"),
        ("of a domain above", [("domain", ".b.example")], ".b.example\tTRUE\t/\tTRUE\t0\tn\tv"),
        ("of the domain itself", [("domain", ".A.B.example")], ".a.b.example\tTRUE\t/\tTRUE\t0\tn\tv"),
        ("HttpOnly", [("httpOnly", true)], "#HttpOnly_a.b.example\tFALSE\t/\tTRUE\t0\tn\tv"),
        ("also without TLS", [("secure", false)], "a.b.example\tFALSE\t/\tFALSE\t0\tn\tv"),
        (
            "with an end, rounded up", [("session", false), ("expires", 1796055955.25)],
            "a.b.example\tFALSE\t/\tTRUE\t1796055956\tn\tv"
        ),
        (
            "with an end that is no date", [("session", false), ("expires", .number(JSONNumber(checked: "1e400")))],
            "a.b.example\tFALSE\t/\tTRUE\t0\tn\tv"
        ),
        (
            "with path, quotes and no value", [("path", "/x"), ("name", "\"n\""), ("value", "")],
            "a.b.example\tFALSE\t/x\tTRUE\t0\t\"n\"\t"
        ),
        (
            "partitioned, of this site",
            [("partitionKey", ["topLevelSite": "https://b.example", "hasCrossSiteAncestor": false])],
            "a.b.example\tFALSE\t/\tTRUE\t0\tn\tv"
        ),
        (
            "partitioned, as older browsers write it", [("partitionKey", "https://b.example")],
            "a.b.example\tFALSE\t/\tTRUE\t0\tn\tv"
        ),
    ]

    @Test("a cookie that this host gets → a line", arguments: sent)
    func kept(name: String, changes: [(String, JSON)], expected: String) {
        let text = CookieText.netscape([Self.cookie(changes)], host: "a.b.example")
        #expect(text.reveal() == Self.header + expected + "\n")
    }

    private static let unsent: [(String, [(String, JSON)])] = [
        ("of another host", [("domain", "c.b.example")]), ("of a subdomain", [("domain", "x.a.b.example")]),
        ("of the host above only", [("domain", "b.example")]), ("of a similar domain", [("domain", ".b.b.example")]),
        ("of a domain that only ends alike", [("domain", ".xample")]), ("of no domain", [("domain", "")]),
        ("of a dot", [("domain", ".")]), ("without a name", [("name", "")]),
        ("a tab in the value", [("value", "a\tb")]),
        ("a newline in the value", [("value", "a\nb")]), ("a newline in the name", [("name", "a\r\nb")]),
        ("a line separator in the path", [("path", "/\u{2028}")]), ("DEL in the value", [("value", "\u{7F}")]),
        (
            "of a frame in another site",
            [("partitionKey", ["topLevelSite": "https://crm.example", "hasCrossSiteAncestor": true])]
        ),
        (
            "of a frame below another site in this one",
            [("partitionKey", ["topLevelSite": "https://b.example", "hasCrossSiteAncestor": true])]
        ),
        ("of a partition without a site", [("partitionKey", "")]),
    ]

    @Test("a cookie that this host does not get, or that the format cannot express → nothing", arguments: unsent)
    func leftOut(name: String, changes: [(String, JSON)]) {
        #expect(CookieText.netscape([Self.cookie(changes)], host: "a.b.example").reveal() == Self.header)
    }

    @Test("several cookies → their order; an IPv6 address → without brackets; the text does not print")
    func several() {
        let cookies = ["1", "2"].map { Self.cookie([("domain", "[::1]"), ("name", .string($0))]) }
        let text = CookieText.netscape(cookies, host: "::1")
        #expect(
            text.reveal() == Self.header + "::1\tFALSE\t/\tTRUE\t0\t1\tv\n::1\tFALSE\t/\tTRUE\t0\t2\tv\n")
        #expect("\(text)" == "<redacted>")
    }
}
