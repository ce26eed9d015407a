// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import SystemPackage

/// Creates pipes and in-memory files. All are close-on-exec.
enum Descriptors {
    static func pipe() throws -> (read: FileDescriptor, write: FileDescriptor) {
        do {
            let ends = try FileDescriptor.pipe()
            for end in [ends.readEnd, ends.writeEnd] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
            return (ends.readEnd, ends.writeEnd)
        } catch {
            throw CommandFailure(status: .failure, message: "cannot create a pipe: \(error)")
        }
    }

    /// An in-memory file with those bytes. Unlike a pipe it never blocks the writer, even if nothing reads it. Nil if
    /// there is no memory.
    static func memory(_ bytes: [UInt8]) -> FileDescriptor? {
        let file = FileDescriptor(rawValue: clinux_memfd("partyline"))
        guard file.rawValue >= 0 else { return nil }
        do {
            _ = try file.writeAll(bytes)
            _ = try file.seek(offset: 0, from: .start)
            return file
        } catch {
            try? file.close()
            return nil
        }
    }
}

/// Reads a file under /proc, or a pipe, to its end.
enum SmallFile {
    /// The file's text; empty if it cannot be read.
    static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return String(decoding: bytes(descriptor), as: UTF8.self)
    }

    /// - Parameter limit: reading stops once there are more bytes than this.
    static func bytes(_ descriptor: Int32, limit: Int = .max) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            let count = read(descriptor, &room, room.count)
            if count > 0 { bytes += room[..<count] } else if count == 0 || errno != EINTR { return bytes }
        }
        return bytes
    }
}
