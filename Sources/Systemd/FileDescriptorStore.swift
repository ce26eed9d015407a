// SPDX-License-Identifier: Apache-2.0
import CSystemd

/// systemd's file descriptor store (`FileDescriptorStoreMax=`), which keeps descriptors open while the service is down. After
/// the next start `SocketActivation.takeNamed` returns them.
public enum FileDescriptorStore {
    /// True if the store has room for descriptors.
    ///
    /// systemd sets `FDSTORE` since version 254. An older version closes a descriptor without an error if the store has no
    /// room. Our unit, which makes room, therefore sets `PARTYLINE_FDSTORE`.
    public static func isAvailable(_ environment: [String: String]) -> Bool {
        guard environment["NOTIFY_SOCKET"]?.isEmpty == false else { return false }
        if let room = environment["FDSTORE"] { return (Int(room) ?? 0) > 0 }
        return environment["PARTYLINE_FDSTORE"] == "1"
    }

    /// Stores a descriptor; false if it could not be sent to systemd.
    public static func keep(_ descriptor: Int32, as name: String) -> Bool {
        withUnsafePointer(to: descriptor) { sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=\(name)", $0, 1) > 0 }
    }

    /// Removes all descriptors with a name from the store. systemd closes them.
    public static func forget(_ name: String) { _ = sd_notify(0, "FDSTOREREMOVE=1\nFDNAME=\(name)") }
}
