import Glibc
import SystemPackage

/// What systemd says of the socket's unit.
enum SystemdUnit {
    /// `active`, `inactive`, `failed`…; nil where there is no systemd, or it does not answer.
    static func state(_ instance: String?) -> String? {
        // The folder is how a program finds out that systemd runs (sd_booted(3)).
        guard access("/run/systemd/system", F_OK) == 0 else { return nil }
        let unit = instance.map { "partyline@\($0).socket" } ?? "partyline.socket"
        let command = ["systemctl"] + (instance == nil ? ["--user"] : []) + ["is-active", unit]
        let word = output(of: command, milliseconds: 3000).split(separator: "\n").first.map(String.init)
        // Anything but a state is a complaint: that there is no bus, for example.
        return word.flatMap { $0.allSatisfy { $0.isLowercase || $0 == "-" } ? $0 : nil }
    }

    /// What a program prints, if it does so in time.
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
