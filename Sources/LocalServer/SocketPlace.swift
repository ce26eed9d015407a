// SPDX-License-Identifier: Apache-2.0
import Glibc
import StreamsProtocol

/// Why the socket cannot be created.
public struct SocketPlaceError: Error, Equatable, CustomStringConvertible {
    public let message: String
    /// The next step for the user.
    public let hint: String
    /// True if another daemon has the socket.
    public let isTaken: Bool

    public init(message: String, hint: String, isTaken: Bool = false) {
        (self.message, self.hint, self.isTaken) = (message, hint, isTaken)
    }

    public var description: String { "\(message)\n  \(hint)" }
}

/// A listening Unix socket of the daemon. The socket has mode 0600 from the start, and a folder that is created for it has
/// 0700. Never replaces the socket of a running daemon.
public struct SocketPlace: Sendable {
    public let file: SocketFile
    public let descriptor: CInt
    private let lock: CInt
    private let lockFile: SocketFile

    /// Creates the folder, the lock file and the socket.
    ///
    /// The lock file beside the socket (`<path>.lock`) decides between two daemons that start at the same time. A socket
    /// whose lock is free and that refuses connections is stale and is replaced.
    public static func claim(_ path: String) throws(SocketPlaceError) -> SocketPlace {
        try checkLength(path)
        let folder = SocketPath.folder(of: path)
        try makeFolder(folder)
        try checkFolder(folder)
        let lock = try acquireLock(path)
        do throws(SocketPlaceError) {
            return try claim(path, lock)
        } catch {
            close(lock)
            throw error
        }
    }

    private static func claim(_ path: String, _ lock: CInt) throws(SocketPlaceError) -> SocketPlace {
        try removeStaleSocket(path)
        let descriptor = try bind(path)
        guard let file = SocketFile(path), let lockFile = SocketFile(path + ".lock", descriptor: lock) else {
            close(descriptor)
            throw failure("cannot inspect \(path)", "check whether another program removes it")
        }
        return SocketPlace(file: file, descriptor: descriptor, lock: lock, lockFile: lockFile)
    }

    /// Locks the path of a socket that systemd made, so that no other daemon claims the path if the socket is removed. The
    /// lock is held until the process ends. A folder of another user cannot have a lock file, and needs none: no other
    /// program of this user can claim a path in it.
    ///
    /// - Throws: if another daemon has the lock.
    public static func lock(_ path: String) throws(SocketPlaceError) {
        do throws(SocketPlaceError) { _ = try acquireLock(path) } catch  where !error.isTaken {}
    }

    /// True if the socket and its lock are where they were made.
    public var isInPlace: Bool { file.isInPlace && lockFile.isInPlace }

    /// Makes what was removed again: the lock, the socket, or both. An open connection is not affected. The descriptor of a
    /// new socket differs from the old one, which the caller closes.
    public func reclaim() throws(SocketPlaceError) -> SocketPlace {
        let path = file.path
        let folder = SocketPath.folder(of: path)
        try Self.makeFolder(folder)
        try Self.checkFolder(folder)
        let isLockKept = lockFile.isInPlace
        let lock = try isLockKept ? self.lock : newLock()
        do throws(SocketPlaceError) {
            let place: SocketPlace
            if file.isInPlace {
                guard let lockFile = SocketFile(path + ".lock", descriptor: lock) else {
                    throw Self.failure("cannot inspect \(path).lock", "check whether another program removes it")
                }
                place = SocketPlace(file: file, descriptor: descriptor, lock: lock, lockFile: lockFile)
            } else {
                place = try Self.claim(path, lock)
            }
            if !isLockKept { close(self.lock) }
            return place
        } catch {
            if !isLockKept { close(lock) }
            throw error
        }
    }

    /// A lock file in place of a removed one. While the socket is in place, another holder is a daemon that starts, finds the
    /// socket in use, and ends.
    private func newLock() throws(SocketPlaceError) -> CInt {
        do throws(SocketPlaceError) { return try Self.acquireLock(file.path) } catch {
            throw SocketPlaceError(
                message: error.message, hint: error.hint, isTaken: error.isTaken && !file.isInPlace)
        }
    }

    /// Removes the socket, if it is still this one, and releases the lock. The lock file stays: after its removal two daemons
    /// could each hold a lock.
    public func release() {
        if file.isInPlace { unlink(file.path) }
        close(lock)
    }

    /// The path of a listening socket; nil if it has none.
    public static func path(of descriptor: CInt) -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        let path = withUnsafeBytes(of: &address.sun_path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return path.isEmpty ? nil : path
    }

    // MARK: Steps

    private static func checkLength(_ path: String) throws(SocketPlaceError) {
        let limit = SocketPath.lengthLimit
        guard !path.isEmpty, path.utf8.count <= limit else {
            throw SocketPlaceError(
                message: "the socket path is \(path.utf8.count) bytes long; Linux allows \(limit): \(path)",
                hint: "choose a shorter path: partylined --socket PATH")
        }
    }

    private static func makeFolder(_ folder: String) throws(SocketPlaceError) {
        var status = stat()
        if stat(folder, &status) == 0 { return }
        if folder.contains("/"), folder != "/" { try makeFolder(SocketPath.folder(of: folder)) }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw failure(
                "cannot create the folder \(folder)", "create it, or choose another path: partylined --socket PATH")
        }
    }

    private static func checkFolder(_ folder: String) throws(SocketPlaceError) {
        switch FolderSafety.look(at: folder) {
        case .safe: return
        case nil:
            throw SocketPlaceError(
                message: "\(folder) is not a folder", hint: "choose another path: partylined --socket PATH")
        case .writableByOthers, .ownedByOthers:
            throw SocketPlaceError(
                message: "other users can change the folder \(folder), so a socket in it would not be safe",
                hint: "chmod 700 \(folder), or choose another path: partylined --socket PATH")
        }
    }

    private static func acquireLock(_ path: String) throws(SocketPlaceError) -> CInt {
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else {
            throw failure("cannot open \(path).lock", "check that user \(geteuid()) can write to the folder")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let error = failure("cannot lock \(path).lock", "check that its file system supports locks")
            close(lock)
            throw isHeld ? alreadyRunning(path) : error
        }
        record(getpid(), in: lock)
        return lock
    }

    /// Removes a socket that no process listens on. Throws for anything else at the path.
    private static func removeStaleSocket(_ path: String) throws(SocketPlaceError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else {
                throw failure("cannot inspect \(path)", "choose another path: partylined --socket PATH")
            }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SocketPlaceError(
                message: "\(path) exists and is not a socket",
                hint: "move it away, or choose another path: partylined --socket PATH")
        }
        let probe = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        defer { close(probe) }
        let answer = withAddress(path) { connect(probe, $0, $1) }
        if answer == 0 { throw alreadyRunning(path) }
        guard errno == ECONNREFUSED else {
            throw failure(
                "cannot connect to the existing socket \(path)", "choose another path: partylined --socket PATH")
        }
        guard unlink(path) == 0 else { throw failure("cannot remove the stale socket \(path)", "remove it") }
    }

    private static func bind(_ path: String) throws(SocketPlaceError) -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        // Linux creates the file with the mode of the descriptor. A later chmod would let other users open the socket in
        // between, and umask would affect the files that other threads create.
        guard descriptor >= 0, fchmod(descriptor, 0o600) == 0,
            withAddress(path, { Glibc.bind(descriptor, $0, $1) }) == 0, listen(descriptor, 1024) == 0
        else {
            let error = failure("cannot listen on \(path)", "choose another path: partylined --socket PATH")
            close(descriptor)
            throw error
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

    /// The lock file contains its holder's pid, for messages.
    private static func record(_ pid: pid_t, in lock: CInt) {
        let text = Array("\(pid)\n".utf8)
        ftruncate(lock, 0)
        _ = pwrite(lock, text, text.count, 0)
    }

    private static func holder(of path: String) -> String {
        let lock = open(path + ".lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard lock >= 0 else { return "" }
        defer { close(lock) }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(lock, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }
        return Int32(String(decoding: digits, as: UTF8.self)).map { " (pid \($0))" } ?? ""
    }

    private static func alreadyRunning(_ path: String) -> SocketPlaceError {
        SocketPlaceError(
            message: "another partylined\(holder(of: path)) is running at \(path)",
            hint: "use that one (partyline --socket \(path) status), or choose another path: partylined --socket PATH",
            isTaken: true)
    }

    private static func failure(_ message: String, _ hint: String) -> SocketPlaceError {
        SocketPlaceError(message: "\(message): \(String(cString: strerror(errno)))", hint: hint)
    }
}
