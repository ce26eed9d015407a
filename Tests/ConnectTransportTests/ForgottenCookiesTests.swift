// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import ConnectTransport

@Suite("Cookies after a logout")
struct ForgottenCookiesTests {
    /// Cookies on a loop of their own, with files in a folder of their own.
    private final class Site {
        let folder = "/tmp/partyline-\(UUID().uuidString.prefix(8))"
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let url: ServiceURL
        var file: String { "\(folder)/cookies.txt" }
        var kept: String { "\(folder)/state/p.sock.cookies" }
        private var cookies: NIOLoopBound<SessionCookies>?

        init() throws {
            url = try #require(ServiceURL("https://x.com/auth"))
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }

        deinit {
            try? group.syncShutdownGracefully()
            try? FileManager.default.removeItem(atPath: folder)
        }

        /// Begins a run of the daemon.
        func start(withFile hasFile: Bool) throws {
            let loop = group.next()
            let origin = hasFile ? SessionCookies.Origin.file(file) : .client
            let kept = KeptCookies(path: kept, owner: "a")
            cookies = try loop.submit {
                let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                return NIOLoopBound(SessionCookies(origin, kept: kept, loop: loop, logger: logger), eventLoop: loop)
            }.wait()
        }

        func write(_ value: String) throws {
            try Self.jar(value).write(toFile: file, atomically: true, encoding: .utf8)
            chmod(file, 0o600)
        }

        func on<Value: Sendable>(_ body: @escaping @Sendable (SessionCookies, EventLoopPromise<Value>) -> Void) throws
            -> Value
        {
            let cookies = try #require(cookies)
            let loop = group.next()
            return try loop.flatSubmit {
                let promise = loop.makePromise(of: Value.self)
                body(cookies.value, promise)
                return promise.futureResult
            }.wait()
        }

        /// The header of a request for a token, or the problem.
        func header() throws -> String {
            let url = url
            return try on { cookies, promise in
                cookies.header(for: url, isSignIn: true) { header, _ in
                    switch header {
                    case .success(let text): promise.succeed(text)
                    case .failure(let problem): promise.succeed("\(problem)")
                    }
                }
            }
        }

        /// Returns the problem.
        @discardableResult
        func forget() throws -> CookieProblem? { try on { cookies, promise in cookies.forget { promise.succeed($0) } } }

        static func jar(_ value: String) -> String { "x.com\tFALSE\t/\tTRUE\t0\tsession\t\(value)\n" }
    }

    @Test("a file is not used again until it changes, after a restart either; it is not written")
    func file() throws {
        let site = try Site()
        try site.write("first")
        try site.start(withFile: true)
        #expect(try site.header() == "session=first")
        try site.forget()
        let loggedOut = "\(CookieProblem.loggedOut(site.file))"
        #expect(try site.header() == loggedOut)
        #expect(try String(contentsOfFile: site.file, encoding: .utf8) == Site.jar("first"))
        let note = try String(contentsOfFile: site.kept, encoding: .utf8)
        #expect(!note.contains("session"))
        try site.start(withFile: true)
        #expect(try site.header() == loggedOut)
        try site.write("second")
        #expect(try site.header() == "session=second")
        try site.start(withFile: true)
        #expect(try site.header() == "session=second")
    }

    @Test(
        "a file that changed before the logout: the cookies in use are logged out, and the new ones are another sign-in"
    )
    func changed() throws {
        let site = try Site()
        try site.write("first")
        try site.start(withFile: true)
        #expect(try site.header() == "session=first")
        try site.write("second")
        let url = site.url
        let inUse = try site.on { cookies, promise in promise.succeed(try? cookies.headerInUse(for: url).get()) }
        #expect(inUse == "session=first")
        try site.forget()
        let isNew = try site.on { cookies, promise in cookies.look { promise.succeed(true) } }
        #expect(isNew)
        #expect(try site.header() == "session=second")
    }

    @Test("no cookie for the logout is a problem, no cookie at all is none; a file that stays is told")
    func problems() throws {
        let site = try Site()
        try site.start(withFile: false)
        let url = site.url
        #expect(
            try site.on { cookies, promise in promise.succeed((try? cookies.headerInUse(for: url).get()) == .some(nil))
            })
        let other = "x.com\tFALSE\t/auth\tTRUE\t0\tsession\tv\n"
        let isRefused = try site.on { cookies, promise in
            do throws(CookieProblem) { try cookies.replace(with: other, for: url) } catch { Issue.record("\(error)") }
            guard let logout = ServiceURL("https://x.com/logout") else { return promise.succeed(false) }
            promise.succeed(cookies.headerInUse(for: logout) == .failure(.notForLogout(host: "x.com")))
        }
        #expect(isRefused)
        // The last write of the hand-over.
        try site.forget()
        // A folder cannot be unlinked.
        try FileManager.default.createDirectory(atPath: site.kept, withIntermediateDirectories: true)
        guard case .notRemoved(let path, _)? = try site.forget() else {
            Issue.record("the file was removed")
            return
        }
        #expect(path == site.kept)
    }

    @Test("a client's cookies are gone from memory and disk; the next ones are kept")
    func client() throws {
        let site = try Site()
        try site.start(withFile: false)
        let url = site.url
        @Sendable func hand(_ value: String, _ cookies: SessionCookies) {
            do throws(CookieProblem) { try cookies.replace(with: Site.jar(value), for: url) } catch {
                Issue.record("\(error)")
            }
        }
        // The removal waits for the write of the first ones, and the write of the last ones for it.
        let had = try site.on { cookies, promise in
            hand("first", cookies)
            let had = cookies.hasCookies
            cookies.forget { _ in }
            promise.succeed(had && !cookies.hasCookies)
        }
        #expect(had)
        try site.forget()
        #expect(!FileManager.default.fileExists(atPath: site.kept))
        #expect(try site.header() == "there are no valid cookies for x.com")
        try site.on { cookies, promise in
            hand("second", cookies)
            cookies.forget { _ in }
            hand("third", cookies)
            promise.succeed(())
        }
        #expect(try site.header() == "session=third")
        // Its callback comes after the last write.
        try site.forget()
        try site.start(withFile: false)
        #expect(try site.header() == "there are no valid cookies for x.com")
    }
}
