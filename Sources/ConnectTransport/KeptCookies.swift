// SPDX-License-Identifier: Apache-2.0
import Crypto
import FoundationEssentials
import Glibc
import StreamsProtocol

/// The cookies that the service has renewed, in a file of mode 0600. The person's cookie file is never written; a digest of
/// it, and of what the daemon is, tells which sign-in the renewed cookies belong to.
///
/// All methods block, so none is called on the event loop.
struct KeptCookies: Sendable {
    let path: String
    /// Differs between daemons that must not use one another's cookies.
    let owner: String

    func digest(of text: String) -> String {
        SHA256.hash(data: Array("\(owner)\n\(text)".utf8)).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }.joined()
    }

    private static func header(_ digest: String) -> String {
        "# Netscape HTTP Cookie File\n# partylined: renewed for the sign-in with the SHA-256 digest \(digest)\n"
    }

    enum Content: Equatable {
        case cookies(CookieJar)
        /// The sign-in was logged out.
        case loggedOut
    }

    private static let loggedOut = "# partylined: logged out\n"

    /// What is kept of the sign-in with this digest; nil if nothing is, or if the file may be another user's work.
    func read(digest: String) -> Content? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_uid == geteuid(),
            facts.st_mode & 0o077 == 0, facts.st_size <= CookieFile.sizeLimit,
            let text = try? CookieFile.content(of: descriptor, path), text.hasPrefix(Self.header(digest))
        else { return nil }
        return text.hasPrefix(Self.header(digest) + Self.loggedOut) ? .loggedOut : .cookies(CookieJar(netscape: text))
    }

    /// Keeps only that the sign-in was logged out.
    func writeLogout(digest: String) throws(CookieProblem) { try write(Self.loggedOut, digest: digest) }

    /// Replaces the file as a whole: whenever the daemon ends, the cookies before or after can be read. If it cannot be
    /// written, the former cookies are removed: they may be another person's.
    func write(_ cookies: String, digest: String) throws(CookieProblem) {
        do throws(CookieProblem) { try replace(cookies, digest: digest) } catch {
            remove()
            throw error
        }
    }

    private func replace(_ cookies: String, digest: String) throws(CookieProblem) {
        let folder = SocketPath.folder(of: path)
        try makeFolder(folder)
        let draft = path + ".new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(draft) }
        defer { close(descriptor) }
        var rest = Array((Self.header(digest) + cookies).utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure(draft) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0, rename(draft, path) == 0 else { throw failure(path) }
    }

    func remove() { try? removeAll() }

    /// Throws if a file stays.
    func removeAll() throws(CookieProblem) {
        for path in [path, path + ".new"] where unlink(path) != 0 && errno != ENOENT {
            throw .notRemoved(path, String(cString: strerror(errno)))
        }
    }

    private func makeFolder(_ folder: String) throws(CookieProblem) {
        var facts = stat()
        if stat(folder, &facts) != 0 {
            if folder != "/", folder.contains("/") { try makeFolder(SocketPath.folder(of: folder)) }
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST, stat(folder, &facts) == 0 else { throw failure(folder) }
        }
        guard folder == SocketPath.folder(of: path) else { return }
        guard FolderSafety(mode: facts.st_mode, owner: facts.st_uid, trusted: [geteuid()]) == .safe else {
            throw .notKept(path, "other users can change the folder \(folder)")
        }
    }

    private func failure(_ path: String) -> CookieProblem { .notKept(path, String(cString: strerror(errno))) }
}
