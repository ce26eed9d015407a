// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

@testable import ConnectTransport

@Suite("Dates of HTTP headers")
struct HTTPDateTests {
    @Test(
        "the three formats of HTTP and what servers make of them",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
            "06 Nov 1994 08:49:37", "Sun, 6-November-1994 08:49:37 UTC",
        ])
    func formats(text: String) {
        #expect(HTTPDate.milliseconds(text) == 784_111_777_000)
    }

    @Test(
        "leap days and years of two digits",
        arguments: [
            ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800_000), ("1 Jan 70 00:00:00", 0),
            ("31 Dec 69 23:59:59", 3_155_759_999_000), ("1 Mar 2100 00:00:00", 4_107_542_400_000),
        ])
    func days(text: String, expected: Int64) { #expect(HTTPDate.milliseconds(text) == expected) }

    @Test(
        "no date",
        arguments: [
            "", "soon", "06 Nov 1994", "08:49:37", "32 Nov 1994 08:49:37", "06 Nov 1994 24:00:00",
            "06 Foo 1994 08:49:37",
            "0 Nov 1994 08:49:37", "06 Nov 1600 08:49:37", "29 Feb 2023 08:49:37",
        ])
    func nonsense(text: String) { #expect(HTTPDate.milliseconds(text) == nil) }

    @Test(
        "Retry-After is a number of seconds or a date",
        arguments: [
            ("120", 120_000), ("0", 0), ("99999999999999999999", 86_400_000), ("Thu, 01 Jan 1970 00:01:10 GMT", 10_000),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("-1", nil), ("soon", nil), ("", nil), ("1.5", nil),
        ] as [(String, Int64?)])
    func retryAfter(text: String, expected: Int64?) {
        #expect(HTTPTransport.retryAfter(text, at: Date(timeIntervalSince1970: 60)) == expected)
    }
}
