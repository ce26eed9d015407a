// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Logging
import NIOCore
import NIOPosix

/// The session's cookies: those of the cookie file, updated by responses. When the file's content changes, because of a
/// sign-in elsewhere, it replaces all cookies.
final class SessionCookies {
    private let path: String
    private let loop: any EventLoop
    private let logger: Logger
    private var lastText: String?
    private var shownWarnings: [String] = []
    private var jar = CookieJar()

    init(path: String, loop: any EventLoop, logger: Logger) {
        (self.path, self.loop, self.logger) = (path, loop, logger)
    }

    /// Reads the file on another thread, then passes the `Cookie` header, or why there is none, on the loop.
    func header(for url: ServiceURL, done: @escaping (Result<String, CookieProblem>) -> Void) {
        read { cookies, file in
            done(Result { () throws(CookieProblem) in try cookies.header(for: url, file.get()) })
        }
    }

    /// Reads the file on another thread, and calls back on the loop if it has changed.
    func look(changed: @escaping () -> Void) {
        read { cookies, file in
            if let text = try? file.get().text, text != cookies.lastText { changed() }
        }
    }

    private func read(_ done: @escaping (SessionCookies, Result<CookieFile, CookieProblem>) -> Void) {
        let bound = NIOLoopBound((self, done), eventLoop: loop)
        let path = path
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
            Result { () throws(CookieProblem) in try CookieFile.read(path) }
        }
        .whenSuccess { file in
            let (cookies, done) = bound.value
            done(cookies, file)
        }
    }

    private func header(for url: ServiceURL, _ file: CookieFile) throws(CookieProblem) -> String {
        if file.warnings != shownWarnings {
            shownWarnings = file.warnings
            for warning in file.warnings { logger.warning("\(warning)") }
        }
        if file.text != lastText {
            lastText = file.text
            jar = CookieJar(netscape: file.text)
        }
        return try Self.header(in: jar, path, host: url.host, target: url.path, isSecure: url.isSecure)
    }

    static func header(
        in jar: CookieJar, _ path: String, host: String, target: String, isSecure: Bool
    ) throws(CookieProblem) -> String {
        switch jar.lookUp(host: host, path: target, isSecure: isSecure, at: now) {
        case .header(let header): return header
        case .expired: throw .expired(path, host: host)
        case .unsuitable: throw .unsuitable(path, host: host)
        case .none where jar.isEmpty: throw .noCookies(path)
        case .none: throw .otherHosts(path, host: host, others: Array(jar.domains.prefix(3)))
        }
    }

    func take(setCookie header: String, from url: ServiceURL) {
        jar.take(setCookie: header, host: url.host, path: url.path, isSecure: url.isSecure, at: Self.now)
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
