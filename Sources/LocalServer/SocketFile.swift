// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file of the daemon, identified by its inode: another file at the same path is not this one.
public struct SocketFile: Equatable, Sendable {
    public let path: String
    let inode: ino_t

    /// Nil if there is no file at the path.
    public init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.path = path
        inode = status.st_ino
    }

    /// The file behind a descriptor, which may have been removed since; nil if it cannot be inspected.
    init?(_ path: String, descriptor: CInt) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.path = path
        inode = status.st_ino
    }

    /// True if the file is still at its path.
    public var isInPlace: Bool { SocketFile(path) == self }
}
