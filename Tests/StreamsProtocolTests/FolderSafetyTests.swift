// SPDX-License-Identifier: Apache-2.0
import StreamsProtocol
import Testing

@Suite("Folder safety")
struct FolderSafetyTests {
    @Test(
        "safe: not writable by others unless sticky, and owned by root or a trusted user",
        arguments: [
            (0o700, 7, .safe), (0o755, 0, .safe), (0o1777, 0, .safe), (0o1777, 7, .safe),
            (0o770, 7, .writableByOthers), (0o702, 0, .writableByOthers), (0o2775, 7, .writableByOthers),
            (0o700, 8, .ownedByOthers), (0o1777, 8, .ownedByOthers), (0o777, 8, .writableByOthers),
        ] as [(UInt32, UInt32, FolderSafety)])
    func judges(mode: UInt32, owner: UInt32, expected: FolderSafety) {
        #expect(FolderSafety(mode: mode, owner: owner, trusted: [7]) == expected)
    }

    @Test(
        "the folder of a path",
        arguments: [("/run/x/y.sock", "/run/x"), ("/y.sock", "/"), ("y.sock", "."), ("x/y.sock", "x")])
    func folder(path: String, expected: String) { #expect(SocketPath.folder(of: path) == expected) }
}
