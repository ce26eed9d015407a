import Glibc
import StreamsProtocol

/// Why the socket cannot be made.
public struct SocketPlaceError: Error, Equatable, CustomStringConvertible {
    public let message: String
    /// What to do about it.
    public let hint: String

    /// What happened, and what to do about it.
    public init(message: String, hint: String) {
        self.message = message
        self.hint = hint
    }

    public var description: String { "\(message)\n  \(hint)" }
}

/// A Unix socket of our own at a path: 0600 in a 0700 folder from birth, and never one that belongs to a live daemon.
public struct SocketPlace: Sendable {
    public let path: String
    public let descriptor: CInt
    private let lock: CInt
    private let inode: ino_t

    /// Makes folder, lock and socket.
    ///
    /// The lock file beside the socket (`<path>.lock`) decides between two daemons that start at the same time; a
    /// socket that nobody holds and nobody answers is a leftover and is replaced.
    public static func claim(_ path: String) throws -> SocketPlace {
        try checkLength(path)
        let folder = SocketPath.folder(of: path)
        try makeFolder(folder)
        try checkFolder(folder)
        let lock = try takeLock(path)
        do {
            try clear(path)
            let descriptor = try bind(path)
            var status = stat()
            guard lstat(path, &status) == 0 else { throw failure("cannot look at \(path)", "is somebody removing it?") }
            return SocketPlace(path: path, descriptor: descriptor, lock: lock, inode: status.st_ino)
        } catch {
            close(lock)
            throw error
        }
    }

    /// Removes the socket, if it is still ours, and lets go of the lock. The lock file stays: removing it would let two
    /// daemons hold a lock each.
    public func release() {
        var status = stat()
        if lstat(path, &status) == 0, status.st_ino == inode { unlink(path) }
        close(lock)
    }

    // MARK: Steps

    private static func checkLength(_ path: String) throws {
        let limit = SocketPath.lengthLimit
        guard !path.isEmpty, path.utf8.count <= limit else {
            throw SocketPlaceError(
                message: "the socket's path has \(path.utf8.count) bytes, and Linux allows \(limit): \(path)",
                hint: "choose a shorter one: partylined --socket PATH")
        }
    }

    private static func makeFolder(_ folder: String) throws {
        var status = stat()
        if stat(folder, &status) == 0 { return }
        if folder.contains("/"), folder != "/" { try makeFolder(SocketPath.folder(of: folder)) }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw failure(
                "cannot make the folder \(folder)", "make it, or choose another place: partylined --socket PATH")
        }
    }

    private static func checkFolder(_ folder: String) throws {
        switch FolderSafety.look(at: folder) {
        case .safe: return
        case nil:
            throw SocketPlaceError(
                message: "\(folder) is not a folder", hint: "choose another place: partylined --socket PATH")
        case .writableByOthers, .ownedByOthers:
            throw SocketPlaceError(
                message: "others may change the folder \(folder), so a socket in it would not be safe",
                hint: "chmod 700 \(folder), or choose another place: partylined --socket PATH")
        }
    }

    private static func takeLock(_ path: String) throws -> CInt {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else {
            throw failure("cannot open \(path).lock", "is the folder writable for user \(geteuid())?")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let error = failure("cannot lock \(path).lock", "is it on a file system without locks?")
            close(lock)
            throw isHeld ? live(path) : error
        }
        return lock
    }

    /// Removes a leftover, and nothing else.
    private static func clear(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failure("cannot look at \(path)", "partylined --socket PATH") }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SocketPlaceError(
                message: "\(path) exists and is not a socket", hint: "move it away, or: partylined --socket PATH")
        }
        let probe = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        defer { close(probe) }
        let answer = withAddress(path) { connect(probe, $0, $1) }
        if answer == 0 { throw live(path) }
        guard errno == ECONNREFUSED else {
            throw failure(
                "there is a socket at \(path) that cannot be asked whether it is alive", "partylined --socket PATH")
        }
        guard unlink(path) == 0 else { throw failure("cannot remove the leftover \(path)", "remove it") }
    }

    private static func bind(_ path: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        // umask instead of a later chmod: at no moment may other users open the socket.
        let mask = umask(0o177)
        let result = withAddress(path) { Glibc.bind(descriptor, $0, $1) }
        let problem = errno
        umask(mask)
        guard descriptor >= 0, result == 0, listen(descriptor, 1024) == 0 else {
            close(descriptor)
            errno = result == 0 ? errno : problem
            throw failure("cannot listen at \(path)", "choose another place: partylined --socket PATH")
        }
        return descriptor
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            room.copyBytes(from: path.utf8.prefix(room.count - 1))
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func live(_ path: String) -> SocketPlaceError {
        SocketPlaceError(
            message: "another partylined is running at \(path)",
            hint: "use that one (partyline status), or start this one elsewhere: partylined --socket PATH")
    }

    private static func failure(_ message: String, _ hint: String) -> SocketPlaceError {
        SocketPlaceError(message: "\(message): \(String(cString: strerror(errno)))", hint: hint)
    }
}
