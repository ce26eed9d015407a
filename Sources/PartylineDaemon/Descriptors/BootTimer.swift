// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import NIOCore
import SystemPackage

/// A timer on CLOCK_BOOTTIME. It counts the time that the machine sleeps, and fires at once after waking if it is due.
final class BootTimer {
    private let descriptor: CInt
    private let channel: EventLoopFuture<any Channel>

    /// - Throws: `Errno` if the process may not open another file.
    init(loop: any EventLoop, fire: @escaping () -> Void) throws(Errno) {
        descriptor = clinux_boot_timer()
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        channel = DescriptorChannel.open(descriptor, on: loop, isReadable: fire)
    }

    /// Fires once at that time, in milliseconds of CLOCK_BOOTTIME, instead of the time that was set before.
    func set(_ uptime: Int64) {
        // Fails only for a time that the kernel cannot represent.
        _ = clinux_set_timer(descriptor, max(uptime, 1))
    }

    func close() { channel.whenSuccess { $0.close(promise: nil) } }
}
