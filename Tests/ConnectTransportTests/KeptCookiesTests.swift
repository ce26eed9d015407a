// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

@testable import ConnectTransport

@Suite("Cookies that were renewed")
struct KeptCookiesTests {
    private static let digest = KeptCookies(path: "", owner: "a").digest(of: "file")
    private static let cookies = "x.com\tFALSE\t/\tTRUE\t0\tsession\ts2\n"

    private func inFolder(_ body: (KeptCookies) throws -> Void) throws {
        let folder = "/tmp/partyline-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(KeptCookies(path: "\(folder)/state/p.sock.cookies", owner: "a"))
    }

    private func mode(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
    }

    @Test("they are read again for the same cookie file only, in a file of mode 0600")
    func roundTrip() throws {
        try inFolder { kept in
            #expect(kept.read(digest: Self.digest) == nil)
            try kept.write(Self.cookies, digest: Self.digest)
            #expect(kept.read(digest: Self.digest) == .cookies(CookieJar(netscape: Self.cookies)))
            let other = KeptCookies(path: kept.path, owner: "b")
            for digest in [kept.digest(of: "another file"), other.digest(of: "file")] {
                #expect(kept.read(digest: digest) == nil)
            }
            #expect(mode(kept.path) == 0o600)
            try kept.write("", digest: Self.digest)
            #expect(kept.read(digest: Self.digest) == .cookies(CookieJar()))
            try kept.writeLogout(digest: Self.digest)
            #expect(kept.read(digest: Self.digest) == .loggedOut)
            #expect(kept.read(digest: kept.digest(of: "another file")) == nil)
            kept.remove()
            #expect(kept.read(digest: Self.digest) == nil)
        }
    }

    @Test("a file that others can read, a link and a folder that others can write are not used")
    func unsafe() throws {
        try inFolder { kept in
            try kept.write(Self.cookies, digest: Self.digest)
            chmod(kept.path, 0o640)
            #expect(kept.read(digest: Self.digest) == nil)
            try kept.write(Self.cookies, digest: Self.digest)
            #expect(mode(kept.path) == 0o600)
            rename(kept.path, "\(kept.path).other")
            symlink("\(kept.path).other", kept.path)
            #expect(kept.read(digest: Self.digest) == nil)
            chmod((kept.path as NSString).deletingLastPathComponent, 0o777)
            unlink(kept.path)
            rename("\(kept.path).other", kept.path)
            #expect(throws: CookieProblem.self) { try kept.write(Self.cookies, digest: Self.digest) }
            // The former cookies may be another person's.
            #expect(access(kept.path, F_OK) != 0)
        }
    }

    @Test("a jar writes what it reads: domains, paths, flags and ends; expired cookies and tabs are left out")
    func jar() {
        let text = """
            .x.com\tTRUE\t/\tTRUE\t1800000000\ta\t1
            x.com\tFALSE\t/api\tFALSE\t0\tb\t2

            """
        var jar = CookieJar(netscape: text)
        #expect(jar.netscape(at: 0) == text)
        #expect(jar.netscape(at: 1_800_000_000_000) == "x.com\tFALSE\t/api\tFALSE\t0\tb\t2\n")
        jar.take(setCookie: "c=a\tb", host: "x.com", path: "/", isSecure: true, at: 0)
        #expect(jar.netscape(at: 0) == text)
        #expect(CookieJar(netscape: jar.netscape(at: 0)) == CookieJar(netscape: text))
    }
}
