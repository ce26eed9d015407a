import Systemd
import Testing

@Suite("systemd's store of descriptors")
struct StateStoreTests {
    @Test(
        "it is there if systemd says so, or our unit where systemd is too old to",
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
        #expect(FileDescriptorStore.isThere(environment) == expected)
    }
}
