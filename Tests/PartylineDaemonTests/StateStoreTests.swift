// SPDX-License-Identifier: Apache-2.0
import Systemd
import Testing

@Suite("systemd's file descriptor store")
struct StateStoreTests {
    @Test(
        "the store exists if FDSTORE is above 0, or PARTYLINE_FDSTORE is 1 without FDSTORE",
        arguments: [
            ([:], false),
            (["FDSTORE": "16"], false),
            (["PARTYLINE_FDSTORE": "1"], false),
            (["NOTIFY_SOCKET": "/run/x"], false),
            (["NOTIFY_SOCKET": "/run/x", "FDSTORE": "16"], true),
            (["NOTIFY_SOCKET": "/run/x", "FDSTORE": "0"], false),
            (["NOTIFY_SOCKET": "/run/x", "PARTYLINE_FDSTORE": "1"], true),
            (["NOTIFY_SOCKET": "/run/x", "PARTYLINE_FDSTORE": "0"], false),
            (["NOTIFY_SOCKET": "", "PARTYLINE_FDSTORE": "1"], false),
            (["NOTIFY_SOCKET": "/run/x", "FDSTORE": "0", "PARTYLINE_FDSTORE": "1"], false),
        ] as [([String: String], Bool)])
    func isThere(environment: [String: String], expected: Bool) {
        #expect(FileDescriptorStore.isAvailable(environment) == expected)
    }
}
