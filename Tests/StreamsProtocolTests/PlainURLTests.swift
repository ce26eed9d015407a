// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@Suite("URLs that may be sent a token")
struct PlainURLTests {
    @Test(
        "loopback URLs are accepted without TLS",
        arguments: [
            "http://localhost", "http://localhost/", "http://LOCALHOST:8080/x", "http://127.0.0.1",
            "http://127.255.0.9:1/?a",
            "HTTP://127.0.0.1/#x", "http://[::1]", "http://[::1]:8080/", "http://127.0.0.1:65535/",
        ])
    func loopback(url: String) {
        #expect(PlainURL.isLoopback(url, scheme: "http"))
        #expect(PlainURL.isSafe(url))
        #expect(!PlainURL.isLoopback(url, scheme: "ws"))
    }

    @Test(
        "URLs that only resemble loopback are rejected",
        arguments: [
            "", "http://", "http:///x", "localhost", "http://localhost.example/", "http://127.example/",
            "http://127.0.0/",
            "http://127.0.0.1.example/", "http://127.0.0.256/", "http://127.0..1/", "http://127.0.0.1@x.example/",
            "http://localhost:x@x.example/", "http://localhost:80@x.example/", "http://user@localhost/",
            "http://localhost:65536/", "http://localhost:/", "http://localhost:80:81/", "http://127.0.0.1\\@x.example/",
            "http://[::1].example/", "http://[::1]:x/", "http://[::2]/", "http://::1/", "http://10.0.0.1/",
        ])
    func strangers(url: String) {
        #expect(!PlainURL.isLoopback(url, scheme: "http"))
        #expect(!PlainURL.isSafe(url))
    }

    @Test("HTTPS is accepted for any host")
    func secure() {
        #expect(PlainURL.isSafe("https://x.example/"))
        #expect(PlainURL.isSafe("HTTPS://x"))
        #expect(!PlainURL.isSafe("https://"))
        #expect(!PlainURL.isSafe("httpsx://x"))
    }
}
