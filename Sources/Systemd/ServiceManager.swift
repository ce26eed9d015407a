import CSystemd

/// What a service tells systemd, by sd_notify(3). Outside systemd, where there is no `NOTIFY_SOCKET`, nothing happens.
public enum ServiceManager {
    /// The service answers from now on; `status` is shown by `systemctl status`.
    public static func ready(status: String) { notify("READY=1\nSTATUS=\(oneLine(status))") }

    /// A new line for `systemctl status`.
    public static func status(_ status: String) { notify("STATUS=\(oneLine(status))") }

    /// The service reads its configuration again; `reloaded` has to follow. `microseconds` is the time of
    /// CLOCK_MONOTONIC, which tells systemd that this answers its own request and not an earlier one.
    public static func reloading(at microseconds: UInt64) { notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)") }

    /// The reload is over, well or not; the status line stays.
    public static func reloaded() { notify("READY=1") }

    /// The service is going down.
    public static func stopping() { notify("STOPPING=1") }

    private static func notify(_ state: String) { _ = sd_notify(0, state) }

    /// Each line of a notification is an assignment, so a status must not bring lines of its own.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
