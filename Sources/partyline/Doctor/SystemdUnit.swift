// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage

/// The state of the socket's unit in systemd.
enum SystemdUnit {
    /// `active`, `inactive`, `failed`…; nil without systemd, or if it does not answer.
    static func state(_ instance: String?) -> String? {
        // sd_booted(3) tests for this folder.
        guard access("/run/systemd/system", F_OK) == 0 else { return nil }
        let unit = instance.map { "partyline@\($0).socket" } ?? "partyline.socket"
        let command = ["systemctl"] + (instance == nil ? ["--user"] : []) + ["is-active", unit]
        let word = output(of: command, milliseconds: 3000).split(separator: "\n").first.map(String.init)
        // Anything else is an error message, for example about a missing bus.
        return word.flatMap { $0.allSatisfy { $0.isLowercase || $0 == "-" } ? $0 : nil }
    }

    /// The first output of a command; empty if nothing comes in time.
    private static func output(of command: [String], milliseconds: Int32) -> String {
        guard let ends = try? Descriptors.pipe() else { return "" }
        defer { try? ends.read.close() }
        let child = try? Spawn(command: command, output: ends.write, errors: ends.write).start()
        try? ends.write.close()
        guard let child else { return "" }
        var entry = pollfd(fd: ends.read.rawValue, events: Int16(POLLIN), revents: 0)
        let isInTime = poll(&entry, 1, milliseconds) > 0
        var room = [UInt8](repeating: 0, count: 4096)
        let count = isInTime ? read(ends.read.rawValue, &room, room.count) : 0
        kill(-child.id, SIGKILL)
        child.release()
        return String(decoding: room.prefix(max(0, count)), as: UTF8.self)
    }
}
