// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import LocalServer
import Testing

@Suite("Socket place")
struct SocketPlaceTests {
    /// A folder in /tmp, because the path of a socket is limited to 107 bytes.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/partyline-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        chmod(folder, 0o700)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test("the socket has mode 0600, in a new folder of mode 0700")
    func modes() throws {
        try withFolder { folder in
            let path = "\(folder)/a/b/x.sock"
            let place = try SocketPlace.claim(path)
            #expect(mode(path) == 0o600)
            #expect(mode("\(folder)/a/b") == 0o700)
            #expect(mode("\(folder)/a") == 0o700)
            #expect(mode("\(path).lock") == 0o600)
            place.release()
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test("a socket in use is not replaced, a stale one is")
    func live() throws {
        try withFolder { folder in
            let path = "\(folder)/x.sock"
            let first = try SocketPlace.claim(path)
            let error = #expect(throws: SocketPlaceError.self) { try SocketPlace.claim(path) }
            #expect(
                error?.message == "another partylined (pid \(getpid())) is running at \(path)" && error?.isTaken == true
            )
            // As after a kill -9: the socket file remains, no process listens, and the lock is free.
            close(first.descriptor)
            rename(path, "\(path).kept")
            first.release()
            rename("\(path).kept", path)
            #expect(access(path, F_OK) == 0)
            let second = try SocketPlace.claim(path)
            second.release()
        }
    }

    @Test("a socket that accepts connections is not replaced, even without a lock file")
    func answering() throws {
        try withFolder { folder in
            let path = "\(folder)/x.sock"
            let first = try SocketPlace.claim(path)
            unlink("\(path).lock")
            let error = #expect(throws: SocketPlaceError.self) { try SocketPlace.claim(path) }
            #expect(error?.message.hasSuffix("is running at \(path)") == true)
            first.release()
        }
    }

    @Test("a file that is not a socket → an error, and it stays")
    func notASocket() throws {
        try withFolder { folder in
            let path = "\(folder)/x.sock"
            try "precious".write(toFile: path, atomically: true, encoding: .utf8)
            let error = #expect(throws: SocketPlaceError.self) { try SocketPlace.claim(path) }
            #expect(error?.message == "\(path) exists and is not a socket")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        }
    }

    @Test("a folder writable by others, a path too long, a folder that cannot be created → errors")
    func refused() throws {
        try withFolder { folder in
            chmod(folder, 0o777)
            let shared = #expect(throws: SocketPlaceError.self) { try SocketPlace.claim("\(folder)/x.sock") }
            #expect(shared?.message.contains("other users can change") == true)
            chmod(folder, 0o700)
            let long = #expect(throws: SocketPlaceError.self) {
                try SocketPlace.claim("\(folder)/\(String(repeating: "x", count: 120)).sock")
            }
            #expect(long?.message.contains("Linux allows 107") == true)
            try "file".write(toFile: "\(folder)/file", atomically: true, encoding: .utf8)
            #expect(throws: SocketPlaceError.self) { try SocketPlace.claim("\(folder)/file/x.sock") }
        }
    }

    @Test("a removed socket is made again, under the same lock; connections to the old one stay")
    func removedSocket() throws {
        try withFolder { folder in
            let first = try SocketPlace.claim("\(folder)/x.sock")
            #expect(first.isInPlace)
            unlink(first.file.path)
            #expect(!first.isInPlace)
            let second = try first.reclaim()
            #expect(second.isInPlace && second.descriptor != first.descriptor)
            #expect(throws: SocketPlaceError.self) { try SocketPlace.claim(first.file.path) }
            close(first.descriptor)
            second.release()
            #expect(access(first.file.path, F_OK) != 0)
        }
    }

    @Test("a removed lock is made again; the socket stays")
    func removedLock() throws {
        try withFolder { folder in
            let first = try SocketPlace.claim("\(folder)/x.sock")
            unlink("\(first.file.path).lock")
            let second = try first.reclaim()
            #expect(second.isInPlace && second.descriptor == first.descriptor)
            second.release()
        }
    }

    @Test("both removed and another daemon started → taken, and the other one's socket stays")
    func taken() throws {
        try withFolder { folder in
            let first = try SocketPlace.claim("\(folder)/x.sock")
            unlink(first.file.path)
            unlink("\(first.file.path).lock")
            let second = try SocketPlace.claim(first.file.path)
            let error = #expect(throws: SocketPlaceError.self) { try first.reclaim() }
            #expect(error?.isTaken == true)
            first.release()
            #expect(second.isInPlace)
            second.release()
        }
    }

    @Test("the folder removed, too → everything is made again")
    func removedFolder() throws {
        try withFolder { folder in
            let first = try SocketPlace.claim("\(folder)/a/x.sock")
            try FileManager.default.removeItem(atPath: "\(folder)/a")
            let second = try first.reclaim()
            #expect(second.isInPlace)
            second.release()
        }
    }

    @Test("the path of a listening socket")
    func path() throws {
        try withFolder { folder in
            let place = try SocketPlace.claim("\(folder)/x.sock")
            #expect(SocketPlace.path(of: place.descriptor) == place.file.path)
            place.release()
        }
    }
}
