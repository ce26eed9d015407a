// SPDX-License-Identifier: Apache-2.0
import CSystemd

/// Notifications to systemd by sd_notify(3). They have no effect without systemd, that is, without `NOTIFY_SOCKET`.
public enum ServiceManager {
    /// Reports that the service accepts connections. `systemctl status` shows `status`.
    public static func ready(status: String) { notify("READY=1\nSTATUS=\(oneLine(status))") }

    /// Sets the line that `systemctl status` shows.
    public static func status(_ status: String) { notify("STATUS=\(oneLine(status))") }

    /// Reports the start of a reload; `reloaded` must follow.
    ///
    /// - Parameter microseconds: the current time of CLOCK_MONOTONIC. With it, systemd can match the reload to its request.
    public static func reloading(at microseconds: UInt64) { notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)") }

    /// Reports the end of a reload, successful or not. Does not change the status line.
    public static func reloaded() { notify("READY=1") }

    /// Reports that the service shuts down.
    public static func stopping() { notify("STOPPING=1") }

    private static func notify(_ state: String) { _ = sd_notify(0, state) }

    /// Replaces newlines: each line of a notification is an assignment, so a status must be one line.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
