import FoundationEssentials
import Glibc

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
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return "" }
        ends.forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let spawn = Spawn(
            command: command, environment: ProcessInfo.processInfo.environment, output: ends[1], errors: ends[1])
        let child = try? spawn.start()
        close(ends[1])
        guard let child else { return "" }
        var entry = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        let isInTime = poll(&entry, 1, milliseconds) > 0
        var room = [UInt8](repeating: 0, count: 4096)
        let count = isInTime ? read(ends[0], &room, room.count) : 0
        kill(-child, SIGKILL)
        waitpid(child, nil, 0)
        return String(decoding: room.prefix(max(0, count)), as: UTF8.self)
    }
}
