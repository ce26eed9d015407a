// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Logging
import NIOCore
import NIOPosix

/// The session's cookies: those of the cookie file or of a client's sign-in, updated by responses and kept over a restart.
/// When the file's content changes, because of a sign-in elsewhere, it replaces all cookies.
final class SessionCookies {
    enum Origin {
        case file(String)
        /// A client hands them over, and they are kept.
        case client
    }

    private let origin: Origin
    private let kept: KeptCookies?
    private let loop: any EventLoop
    private let logger: Logger
    /// The text that the jar comes from.
    private var lastText: String?
    /// The text that was used for the last request of a token; nil if the file could not be used then.
    private var triedText: String?
    private var shownWarnings: [String] = []
    private var jar = CookieJar()
    /// The number of sign-ins so far.
    private var generation = 0
    /// True if the sign-in that `lastText` comes from was logged out.
    private var isLoggedOut = false
    private var isSaving = false
    private var isUnsaved = false
    /// Called once everything is saved, with the problem of the last write.
    private var whenSaved: [(CookieProblem?) -> Void] = []
    private var isProblemShown = false

    init(_ origin: Origin, kept: KeptCookies?, loop: any EventLoop, logger: Logger) {
        (self.origin, self.kept, self.loop, self.logger) = (origin, kept, loop, logger)
    }

    /// Replaces all cookies by those of a client's sign-in.
    func replace(with text: String, for url: ServiceURL) throws(CookieProblem) {
        let new = CookieJar(netscape: text)
        _ = try Self.header(in: new, "that was sent", host: url.host, target: url.path, isSecure: url.isSecure)
        jar = new
        generation += 1
        lastText = ""
        isLoggedOut = false
        save()
    }

    /// True if there are cookies of a sign-in, even if they have expired.
    var hasCookies: Bool { !jar.isEmpty }

    /// Removes all cookies. The person's cookie file stays, and is not used again until it changes.
    ///
    /// - Parameter done: called on the loop when they are off the disk, or cannot be removed.
    func forget(done: @escaping (CookieProblem?) -> Void) {
        // A file that has changed since is another sign-in.
        guard case .file = origin, lastText == nil else { return dropAll(done) }
        read { cookies, source in
            cookies.lastText = try? source.get().file.text
            cookies.dropAll(done)
        }
    }

    private func dropAll(_ done: @escaping (CookieProblem?) -> Void) {
        if case .file = origin { triedText = lastText }
        jar = CookieJar()
        generation += 1
        lastText = lastText ?? ""
        isLoggedOut = true
        whenSaved.append(done)
        save()
    }

    /// The cookie file, and what is kept of its sign-in.
    private struct Source {
        let file: CookieFile
        let kept: KeptCookies.Content?
    }

    /// Reads the file on another thread, then passes the `Cookie` header, or why there is none, on the loop.
    ///
    /// - Parameter isSignIn: true for the request of a token.
    /// - Parameter done: is passed the number of the sign-in, too, for `take`.
    func header(for url: ServiceURL, isSignIn: Bool, done: @escaping (Result<String, CookieProblem>, Int) -> Void) {
        read { cookies, source in
            if isSignIn { cookies.triedText = try? source.get().file.text }
            let header = Result { () throws(CookieProblem) in try cookies.header(for: url, source.get()) }
            done(header, cookies.generation)
        }
    }

    /// The `Cookie` header for the logout, from the cookies in use: the file may be another sign-in's by now. Nil without a
    /// problem if there is nothing to log out.
    func headerInUse(for url: ServiceURL) -> Result<String?, CookieProblem> {
        switch jar.lookUp(host: url.host, path: url.path, isSecure: url.isSecure, at: Self.now) {
        case .header(let header): .success(header)
        case .expired: .success(nil)
        case .none where jar.isEmpty: .success(nil)
        case .none, .unsuitable: .failure(.notForLogout(host: url.host))
        }
    }

    /// The number of the sign-in in use; nil if no cookies have been read yet.
    var current: Int? { lastText == nil ? nil : generation }

    /// Reads the file on another thread, and calls back on the loop if it is another one than for the last sign-in. A file that
    /// could not be used then, and can be now, is another one.
    func look(changed: @escaping () -> Void) {
        read { cookies, source in
            if let text = try? source.get().file.text, text != cookies.triedText { changed() }
        }
    }

    /// Takes the present file as known.
    func note() { read { cookies, source in cookies.triedText = try? source.get().file.text } }

    private func read(_ done: @escaping (SessionCookies, Result<Source, CookieProblem>) -> Void) {
        let bound = NIOLoopBound((self, done), eventLoop: loop)
        let origin = origin
        // Later the cookies in memory are the newest.
        let kept = lastText == nil ? kept : nil
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
            Result { () throws(CookieProblem) in
                let file =
                    switch origin {
                    case .file(let path): try CookieFile.read(path)
                    case .client: CookieFile(text: "", warnings: [])
                    }
                let content = kept.flatMap { $0.read(digest: $0.digest(of: file.text)) }
                // Cookies of another sign-in must not stay on the disk.
                if content == nil { kept?.remove() }
                return Source(file: file, kept: content)
            }
        }
        .whenSuccess { source in
            let (cookies, done) = bound.value
            done(cookies, source)
        }
    }

    private func header(for url: ServiceURL, _ source: Source) throws(CookieProblem) -> String {
        let file = source.file
        if file.warnings != shownWarnings {
            shownWarnings = file.warnings
            for warning in file.warnings { logger.warning("\(warning)") }
        }
        if file.text != lastText {
            let isFirst = lastText == nil
            lastText = file.text
            generation += 1
            (jar, isLoggedOut) = (CookieJar(netscape: file.text), false)
            switch source.kept {
            case .cookies(let renewed): jar = renewed
            case .loggedOut: (jar, isLoggedOut) = (CookieJar(), true)
            case nil: break
            }
            // The cookies of the former sign-in must not stay on the disk.
            if !isFirst { save() }
        }
        guard case .file(let path) = origin else {
            let found = jar.lookUp(host: url.host, path: url.path, isSecure: url.isSecure, at: Self.now)
            guard case .header(let header) = found else { throw .notSignedIn(host: url.host) }
            return header
        }
        if isLoggedOut { throw .loggedOut(path) }
        return try Self.header(in: jar, path, host: url.host, target: url.path, isSecure: url.isSecure)
    }

    static func header(
        in jar: CookieJar, _ path: String, host: String, target: String, isSecure: Bool
    ) throws(CookieProblem) -> String {
        switch jar.lookUp(host: host, path: target, isSecure: isSecure, at: now) {
        case .header(let header):
            guard header.utf8.count <= headerLimit, header.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw .unusable(path, host: host)
            }
            return header
        case .expired: throw .expired(path, host: host)
        case .unsuitable: throw .unsuitable(path, host: host)
        case .none where jar.isEmpty: throw .noCookies(path)
        case .none: throw .otherHosts(path, host: host, others: Array(jar.domains.prefix(3)))
        }
    }

    /// The longest `Cookie` header that servers accept, about.
    private static let headerLimit = 16 << 10

    /// Applies a `Set-Cookie` of the answer to a request that was made with the cookies of that sign-in. A later sign-in may
    /// be another person's.
    func take(setCookie header: String, from url: ServiceURL, generation: Int) {
        guard generation == self.generation else { return }
        let before = jar
        jar.take(setCookie: header, host: url.host, path: url.path, isSecure: url.isSecure, at: Self.now)
        if jar != before { save() }
    }

    /// Writes the cookies on another thread, one write at a time.
    private func save() {
        guard let kept, let lastText else { return saved() }
        isUnsaved = true
        guard !isSaving else { return }
        (isSaving, isUnsaved) = (true, false)
        let text = jar.netscape(at: Self.now)
        let isLoggedOut = isLoggedOut
        let isFile = if case .file = origin { true } else { false }
        let bound = NIOLoopBound(self, eventLoop: loop)
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
            Result { () throws(CookieProblem) in
                let digest = kept.digest(of: lastText)
                if !isLoggedOut { return try kept.write(text, digest: digest) }
                // Without a file, no cookies are as good as a note.
                isFile ? try kept.writeLogout(digest: digest) : try kept.removeAll()
            }
        }
        .whenSuccess { result in
            let cookies = bound.value
            cookies.isSaving = false
            if case .success = result { cookies.isProblemShown = false }
            if case .failure(let problem) = result, !cookies.isProblemShown {
                cookies.isProblemShown = true
                cookies.logger.warning("\(problem)")
            }
            var problem: CookieProblem?
            if case .failure(let failure) = result { problem = failure }
            cookies.isUnsaved ? cookies.save() : cookies.saved(problem)
        }
    }

    private func saved(_ problem: CookieProblem? = nil) {
        let done = whenSaved
        whenSaved = []
        for each in done { each(problem) }
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
