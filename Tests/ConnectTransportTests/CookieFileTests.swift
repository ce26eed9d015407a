// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

@testable import ConnectTransport

@Suite("The cookie file")
struct CookieFileTests {
    private static let line = "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\tvalue\n"

    /// A new file with that text and mode.
    private func file(_ text: String, mode: mode_t = 0o600) throws -> String {
        let path = FileManager.default.temporaryDirectory.path() + "/cookies-\(UUID().uuidString)"
        try Data(text.utf8).write(to: URL(filePath: path))
        chmod(path, mode)
        return path
    }

    private func problem(_ path: String, for url: String = "http://127.0.0.1:1/auth") -> String? {
        do {
            _ = try ConnectTransport.checkCookieFile(path, for: url)
            return nil
        } catch { return "\(error)" }
    }

    @Test("a file with a cookie for the host → no problem, no warning")
    func good() throws {
        let path = try file(Self.line)
        defer { unlink(path) }
        #expect(try ConnectTransport.checkCookieFile(path, for: "http://127.0.0.1:1/auth") == [])
    }

    @Test("each reason why there is no cookie has its own words")
    func problems() throws {
        #expect(problem("/nowhere/c") == "session.cookieFile: the cookie file /nowhere/c does not exist")
        #expect(problem("/tmp") == "session.cookieFile: the cookie file /tmp cannot be read: it is not a regular file")
        for (text, mode, words) in [
            ("", 0o600, "contains no cookies in the Netscape format"),
            ("127.0.0.1\tFALSE\t/\tFALSE\t1000\ta\tb\n", 0o600, "all cookies for 127.0.0.1"),
            ("127.0.0.1\tFALSE\t/other\tFALSE\t0\ta\tb\n", 0o600, "are for other paths"),
            ("127.0.0.1\tFALSE\t/\tTRUE\t0\ta\tb\n", 0o600, "or only for https"),
            ("x.example\tFALSE\t/\tFALSE\t0\ta\tb\n", 0o600, "no cookies for 127.0.0.1, only for x.example"),
            (Self.line, 0o666, "other users may write to the cookie file"),
            (String(repeating: "#", count: CookieFile.sizeLimit + 1), 0o600, "is larger than 1 MiB"),
        ] as [(String, mode_t, String)] {
            let path = try file(text, mode: mode)
            defer { unlink(path) }
            #expect(problem(path)?.contains(words) == true, "\(problem(path) ?? "no problem")")
        }
    }

    @Test("a file that others can read, or of another user → a warning")
    func warnings() throws {
        let readable = try CookieFile.judge("/c", mode: 0o644, owner: 5, own: 5)
        #expect(readable == ["other users may read the cookie file /c (mode 0644): chmod 600 /c"])
        #expect(try CookieFile.judge("/c", mode: 0o600, owner: 0, own: 5) == [])
        let foreign = try CookieFile.judge("/c", mode: 0o600, owner: 7, own: 5)
        #expect(foreign == ["the cookie file /c belongs to user 7, and partylined runs as user 5"])
        #expect(throws: CookieProblem.writable("/c", mode: "620")) {
            try CookieFile.judge("/c", mode: 0o620, owner: 5, own: 5)
        }
    }
}
