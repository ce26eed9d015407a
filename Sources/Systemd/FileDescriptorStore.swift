import CSystemd

/// Files without a name that systemd keeps open for the service while it is down (`FileDescriptorStoreMax=`), and hands
/// over when it starts again: there `SocketActivation.takeNamed` finds them.
public enum FileDescriptorStore {
    /// True if systemd keeps what it is sent.
    ///
    /// systemd says so by itself from version 254 on (`FDSTORE`). An older one says nothing: where its store has no
    /// room, it closes what it is sent and does not tell. So our unit, which makes that room, says it in
    /// `PARTYLINE_FDSTORE`.
    public static func isThere(_ environment: [String: String]) -> Bool {
        guard environment["NOTIFY_SOCKET"]?.isEmpty == false else { return false }
        if let room = environment["FDSTORE"] { return (Int(room) ?? 0) > 0 }
        return environment["PARTYLINE_FDSTORE"] == "1"
    }

    /// Has systemd keep a descriptor; false if it could not be sent.
    public static func keep(_ descriptor: Int32, as name: String) -> Bool {
        withUnsafePointer(to: descriptor) { sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=\(name)", $0, 1) > 0 }
    }

    /// Has systemd close all that it keeps under that name.
    public static func forget(_ name: String) { _ = sd_notify(0, "FDSTOREREMOVE=1\nFDNAME=\(name)") }
}
