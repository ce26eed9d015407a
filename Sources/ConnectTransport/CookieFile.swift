// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc

/// The file with the session's cookies, as it was read.
struct CookieFile: Equatable, Sendable {
    let text: String
    /// What a person should know about its permissions.
    let warnings: [String]

    /// A larger file is not one of cookies.
    static let sizeLimit = 1 << 20

    /// Reads a cookie file. It blocks, so it is never called on the event loop.
    static func read(_ path: String) throws(CookieProblem) -> CookieFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .missing(path) : .unreadable(path, String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path, "it is not a regular file")
        }
        guard facts.st_size <= Self.sizeLimit else { throw .tooLarge(path) }
        // systemd protects its credentials itself, and their mode differs from one version to another.
        let isCredential = isIn(getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) }, path)
        let warnings = isCredential ? [] : try judge(path, mode: facts.st_mode & 0o777, owner: facts.st_uid)
        return CookieFile(text: try content(of: descriptor, path), warnings: warnings)
    }

    static func content(of descriptor: CInt, _ path: String) throws(CookieProblem) -> String {
        var bytes = [UInt8](repeating: 0, count: Self.sizeLimit + 1)
        var count = 0
        while count < bytes.count {
            let read = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            guard read >= 0 else { throw .unreadable(path, String(cString: strerror(errno))) }
            if read == 0 { return String(decoding: bytes[..<count], as: UTF8.self) }
            count += read
        }
        throw .tooLarge(path)
    }

    private static func isIn(_ folder: String?, _ path: String) -> Bool {
        folder.map { !$0.isEmpty && path.hasPrefix($0 + "/") } ?? false
    }

    /// The warnings about a file's mode and owner.
    ///
    /// - Throws: if others can write the file: they could sign the daemon in as another agent.
    static func judge(
        _ path: String, mode: UInt32, owner: UInt32, own uid: UInt32 = geteuid()
    ) throws(CookieProblem) -> [String] {
        guard mode & 0o022 == 0 else { throw .writable(path, mode: String(mode, radix: 8)) }
        var warnings: [String] = []
        if mode & 0o044 != 0 {
            let mode = "0" + String(mode, radix: 8)
            warnings.append("other users may read the cookie file \(path) (mode \(mode)): chmod 600 \(path)")
        }
        // Root checks a configuration for another user.
        if owner != uid, owner != 0, uid != 0 {
            warnings.append("the cookie file \(path) belongs to user \(owner), and partylined runs as user \(uid)")
        }
        return warnings
    }
}

/// Why there are no cookies for a request.
enum CookieProblem: Error, Equatable {
    case missing(String)
    /// With the system's reason.
    case unreadable(String, String)
    case tooLarge(String)
    case writable(String, mode: String)
    case noCookies(String)
    case expired(String, host: String)
    case unsuitable(String, host: String)
    case otherHosts(String, host: String, others: [String])
    /// A request with them could not be sent.
    case unusable(String, host: String)
    /// Nobody has signed in yet, or all cookies have expired.
    case notSignedIn(host: String)
    /// The sign-in that the file comes from was logged out.
    case loggedOut(String)
    /// There are cookies, and none for the URL of the logout.
    case notForLogout(host: String)
    /// Kept cookies cannot be removed, with the reason.
    case notRemoved(String, String)
    /// Renewed cookies cannot be kept, with the reason.
    case notKept(String, String)
}

extension CookieProblem: CustomStringConvertible {
    var description: String {
        switch self {
        case .missing(let path): "the cookie file \(path) does not exist"
        case .unreadable(let path, let why): "the cookie file \(path) cannot be read: \(why)"
        case .tooLarge(let path): "the cookie file \(path) is larger than \(CookieFile.sizeLimit >> 20) MiB"
        case .writable(let path, let mode):
            "other users may write to the cookie file \(path) (mode 0\(mode)), so it is not used: chmod 600 \(path)"
        case .noCookies(let path): "the cookie file \(path) contains no cookies in the Netscape format"
        case .expired(let path, let host): "all cookies for \(host) in the cookie file \(path) have expired"
        case .unsuitable(let path, let host):
            "the cookies for \(host) in the cookie file \(path) are for other paths, or only for https"
        case .otherHosts(let path, let host, let others):
            "the cookie file \(path) contains no cookies for \(host), only for \(others.joined(separator: ", "))"
        case .unusable(let path, let host):
            "the cookies for \(host) in the cookie file \(path) have control characters, or are larger than 16 KiB"
        case .notSignedIn(let host): "there are no valid cookies for \(host)"
        case .loggedOut(let path):
            "the sign-in of the cookie file \(path) was logged out: sign in again and write its cookies there"
        case .notForLogout(let host): "no cookie is for session.logoutEndpoint (\(host))"
        case .notRemoved(let path, let why): "the kept cookies are still in \(path): \(why)"
        case .notKept(let path, let why): "the renewed cookies cannot be kept over a restart in \(path): \(why)"
        }
    }
}
