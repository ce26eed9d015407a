// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing

@testable import partyline

@Suite("The browser's profile folder")
struct BrowserProfileTests {
    private static let own = "/run/user/7/partyline/partyline.sock"
    private static let places: [(socket: String, variables: [String: String], expected: String?)] = [
        (own, [:], "/h/.local/state/partyline/default.browser"),
        (own, ["XDG_STATE_HOME": "/s"], "/s/partyline/default.browser"),
        (own, ["XDG_STATE_HOME": "relative"], "/h/.local/state/partyline/default.browser"),
        (own, ["HOME": ""], nil),
        ("/run/partyline/a.sock", [:], "/h/.local/state/partyline/@a.browser"),
        ("/run/partyline/a-b.sock", [:], "/h/.local/state/partyline/@a%2Db.browser"),
        ("/run/partyline/default.sock", [:], "/h/.local/state/partyline/@default.browser"),
        ("/run/partyline/x/a.sock", [:], "/h/.local/state/partyline/-run-partyline-x-a.sock.browser"),
        ("/tmp/a b/é", [:], "/h/.local/state/partyline/-tmp-a%20b-%C3%A9.browser"),
        ("s.sock", [:], "/h/.local/state/partyline/-w-s.sock.browser"),
        ("/w/s.sock", [:], "/h/.local/state/partyline/-w-s.sock.browser"),
        ("/w-s.sock", [:], "/h/.local/state/partyline/-w%2Ds.sock.browser"),
    ]

    @Test("socket and variables → the folder", arguments: places)
    func place(socket: String, variables: [String: String], expected: String?) {
        let all = ["HOME": "/h", "XDG_RUNTIME_DIR": "/run/user/7"].merging(variables) { $1 }
        #expect(BrowserProfile(socket: socket, workingFolder: "/w") { all[$0] }?.path == expected)
    }

    /// A profile in a folder of its own, which does not exist yet.
    private func profile(_ folder: URL) throws -> BrowserProfile {
        try #require(BrowserProfile(socket: "/s") { ["XDG_STATE_HOME": folder.path()][$0] })
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "partyline-profile-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        chmod(folder.path(), 0o700)
        try body(folder)
    }

    private func mode(_ path: String) -> mode_t? {
        var facts = stat()
        return lstat(path, &facts) == 0 ? facts.st_mode & 0o7777 : nil
    }

    private func exists(_ path: String) -> Bool { mode(path) != nil }

    @Test("made with its parents, closed to others; kept the next time, and new if it has to be")
    func made() throws {
        try withFolder { folder in
            let profile = try profile(folder.appending(path: "deep/state"))
            try profile.prepare(isNew: true)
            #expect(mode(profile.path) == 0o700)
            #expect(mode(folder.appending(path: "deep/state/partyline").path()) == 0o700)
            let cookies = "\(profile.path)/Default/Cookies"
            try FileManager.default.createDirectory(
                atPath: "\(profile.path)/Default", withIntermediateDirectories: true)
            try "x".write(toFile: cookies, atomically: false, encoding: .utf8)
            chmod(profile.path, 0o755)
            try profile.prepare(isNew: false)
            #expect(exists(cookies) && mode(profile.path) == 0o700)
            // Chromium's lock is a link to nowhere.
            #expect(symlink("host-1", "\(profile.path)/SingletonLock") == 0)
            try profile.prepare(isNew: true)
            #expect(exists(profile.path) && !exists("\(profile.path)/Default"))
            #expect(!exists("\(profile.path)/SingletonLock"))
            try profile.remove()
            #expect(!exists(profile.path))
            #expect(throws: Never.self) { try profile.remove() }
        }
    }

    @Test("a link in its place → refused, and what it leads to stays", arguments: [true, false])
    func link(isNew: Bool) throws {
        try withFolder { folder in
            let profile = try profile(folder)
            let target = folder.appending(path: "target").path()
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            chmod(target, 0o750)
            try FileManager.default.createDirectory(
                atPath: folder.appending(path: "partyline").path(), withIntermediateDirectories: true)
            #expect(symlink(target, profile.path) == 0)
            #expect(throws: CommandFailure.self) { try profile.prepare(isNew: isNew) }
            #expect(throws: CommandFailure.self) { try profile.remove() }
            #expect(mode(target) == 0o750 && exists(profile.path))
        }
    }

    @Test("a folder of another user → neither used nor removed")
    func foreign() throws {
        try withFolder { folder in
            let profile = try profile(folder)
            try profile.prepare(isNew: false)
            for isNew in [false, true] {
                #expect(throws: CommandFailure.self) { try profile.prepare(isNew: isNew, uid: geteuid() + 1) }
            }
            let failure = #expect(throws: CommandFailure.self) { try profile.remove(uid: geteuid() + 1) }
            #expect(failure?.message.contains("another user") == true && exists(profile.path))
        }
    }

    @Test("a parent that others can change → refused")
    func parent() throws {
        try withFolder { folder in
            let profile = try profile(folder)
            let parent = folder.appending(path: "partyline").path()
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            chmod(parent, 0o777)
            let failure = #expect(throws: CommandFailure.self) { try profile.prepare(isNew: false) }
            #expect(failure?.message.contains(parent) == true && !exists(profile.path))
        }
    }
}
