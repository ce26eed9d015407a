// SPDX-License-Identifier: Apache-2.0
import CLinux
import Foundation
import Glibc
import Testing

@testable import PartylineDaemon

@Suite("The place of the state")
struct StatePlaceTests {
    /// A fake of systemd's file descriptor store.
    private final class FakeStore {
        var handedOver: [String: [CInt]] = [:]
        var kept: [String] = []
        var forgotten: [String] = []
        var takes = true

        var store: StatePlace.Store {
            StatePlace.Store(
                take: { self.handedOver[$0] ?? [] },
                keep: { _, name in
                    self.kept.append(name)
                    return self.takes
                }, forget: { self.forgotten.append($0) })
        }
    }

    private let withStore = ["NOTIFY_SOCKET": "/run/x", "PARTYLINE_FDSTORE": "1"]

    private func inode(_ descriptor: CInt) -> ino_t {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_ino : 0
    }

    private func close(_ place: StatePlace?) { place?.segments.forEach { _ = Glibc.close($0.descriptor) } }

    private func find(_ search: StatePlace.Search, _ fake: FakeStore = FakeStore()) throws -> StatePlace? {
        try StatePlace.find(search, store: fake.store)
    }

    // MARK: Files

    @Test(
        "two files of mode 0600 in state.directory, else in RUNTIME_DIRECTORY, else beside our own socket")
    func folders() throws {
        try withStateFolder { folder in
            mkdir("\(folder)/run", 0o700)
            mkdir("\(folder)/socket", 0o700)
            var search = StatePlace.Search(
                directory: "\(folder)/state", socketPath: "\(folder)/socket/x.sock", ownsSocket: true,
                environment: ["RUNTIME_DIRECTORY": "\(folder)/run:/elsewhere"])
            close(try find(search))
            search.directory = nil
            close(try find(search))
            search.environment = [:]
            close(try find(search))
            for part in ["state", "run", "socket"] {
                for name in ["x.sock.state.a", "x.sock.state.b"] {
                    var status = stat()
                    #expect(lstat("\(folder)/\(part)/\(name)", &status) == 0, "\(part)/\(name)")
                    #expect(status.st_mode == S_IFREG | 0o600)
                }
            }
            var status = stat()
            #expect(stat("\(folder)/state", &status) == 0 && status.st_mode & 0o777 == 0o700)
            search.ownsSocket = false
            #expect(try find(search) == nil)
        }
    }

    @Test("a second daemon cannot lock the files")
    func locked() throws {
        try withStateFolder { folder in
            let search = StatePlace.Search(directory: folder)
            let first = try find(search)
            let problem = #expect(throws: StateProblem.self) { try find(search) }
            #expect(problem?.message.contains("cannot lock \(folder)/partyline.sock.state.a") == true)
            close(first)
            close(try find(search))
        }
    }

    @Test(
        "a file with wrong type, mode, owner or links → an error, and it stays",
        arguments: ["mode", "symbolic link", "hard link", "folder", "pipe", "owner"])
    func refused(kind: String) throws {
        try withStateFolder { folder in
            let path = "\(folder)/partyline.sock.state.b"
            let other = "\(folder)/other"
            try Data("precious".utf8).write(to: URL(filePath: other))
            chmod(other, 0o600)
            switch kind {
            case "mode":
                rename(other, path)
                chmod(path, 0o640)
            case "symbolic link": symlink(other, path)
            case "hard link": link(other, path)
            case "folder": mkdir(path, 0o700)
            case "pipe": mkfifo(path, 0o600)
            default:
                rename(other, path)
                // Only root can change the owner.
                guard chown(path, 12345, 12345) == 0 else { return }
            }
            let problem = #expect(throws: StateProblem.self) { try find(StatePlace.Search(directory: folder)) }
            #expect(problem?.message.contains(path) == true, "\(String(describing: problem))")
            #expect(problem?.hint.isEmpty == false)
            if kind != "folder" && kind != "pipe" {
                #expect(FileManager.default.contents(atPath: kind.hasSuffix("link") ? other : path)?.count == 8)
            }
        }
    }

    @Test("a folder that is writable by others, not a folder, or cannot be created → an error")
    func badFolders() throws {
        try withStateFolder { folder in
            chmod(folder, 0o770)
            let shared = #expect(throws: StateProblem.self) { try find(StatePlace.Search(directory: folder)) }
            #expect(shared?.message == "others may change the folder \(folder), so nothing is kept there for a restart")
            chmod(folder, 0o700)
            try Data().write(to: URL(filePath: "\(folder)/file"))
            #expect(throws: StateProblem.self) { try find(StatePlace.Search(directory: "\(folder)/file")) }
            #expect(throws: StateProblem.self) { try find(StatePlace.Search(directory: "\(folder)/a/b")) }
        }
    }

    // MARK: systemd's store

    @Test("with a store, two memory files are sent to it, and no file is created")
    func made() throws {
        try withStateFolder { folder in
            let fake = FakeStore()
            let search = StatePlace.Search(
                socketPath: "\(folder)/x.sock", ownsSocket: true, environment: withStore)
            let place = try #require(try find(search, fake))
            #expect(fake.kept == ["partyline-state-a", "partyline-state-b"])
            #expect(place.name == "systemd's file descriptor store")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            close(place)
        }
    }

    @Test("the files of an earlier run are reused and not sent again")
    func handedOver() throws {
        let fake = FakeStore()
        let files = [clinux_memfd("a"), clinux_memfd("b")]
        fake.handedOver = ["partyline-state-a": [files[0]], "partyline-state-b": [files[1]]]
        let place = try find(StatePlace.Search(environment: withStore), fake)
        #expect(place?.segments.map(\.descriptor) == files)
        #expect(fake.kept.isEmpty && fake.forgotten.isEmpty)
        close(place)
    }

    @Test("one file without the other is dropped, and both are created again")
    func half() throws {
        let fake = FakeStore()
        let file = clinux_memfd("a")
        let old = inode(file)
        fake.handedOver = ["partyline-state-a": [file]]
        let place = try #require(try find(StatePlace.Search(environment: withStore), fake))
        #expect(fake.forgotten == ["partyline-state-a", "partyline-state-b"])
        #expect(fake.kept == ["partyline-state-a", "partyline-state-b"])
        #expect(!place.segments.map { inode($0.descriptor) }.contains(old))
        close(place)
    }

    @Test("state.directory overrides the store, which then forgets its files")
    func configured() throws {
        try withStateFolder { folder in
            let fake = FakeStore()
            fake.handedOver = ["partyline-state-a": [clinux_memfd("a")], "partyline-state-b": [clinux_memfd("b")]]
            let place = try #require(
                try find(StatePlace.Search(directory: folder, environment: withStore), fake))
            #expect(place.name == "\(folder)/partyline.sock.state.a and .b")
            #expect(fake.kept.isEmpty && fake.forgotten == ["partyline-state-a", "partyline-state-b"])
            close(place)
        }
    }

    @Test("a store that cannot be reached → files in a folder")
    func unreachable() throws {
        try withStateFolder { folder in
            let fake = FakeStore()
            fake.takes = false
            let place = try find(
                StatePlace.Search(socketPath: "\(folder)/x.sock", ownsSocket: true, environment: withStore), fake)
            #expect(place?.name == "\(folder)/x.sock.state.a and .b")
            close(place)
        }
    }
}
