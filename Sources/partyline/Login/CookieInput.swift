// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Reads the cookie file that a person gives, or standard input, within the time limit.
enum CookieInput {
    /// The longest cookie file that the daemon accepts in one line, with room for escapes.
    static let limit = 512 << 10

    static func read(_ file: String, _ timeout: SignInTimeout) throws(CommandFailure) -> String {
        // Without O_NONBLOCK the opening of a named pipe would wait for its writer.
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var facts = stat()
        if descriptor >= 0, fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { errno = EISDIR }
        guard descriptor >= 0, facts.st_mode & S_IFMT != S_IFDIR else {
            throw CommandFailure(
                status: .usage, message: "cannot read \(file): \(String(cString: strerror(errno)))",
                next: ["ls -l \(file)"])
        }
        defer { if file != "-" { close(descriptor) } }
        let name = file == "-" ? "standard input" : file
        guard let bytes = bytes(descriptor, before: timeout.deadline) else {
            throw CommandFailure(
                status: .timeout, message: "\(name) has not ended within \(timeout.span)",
                next: ["partyline login --cookies FILE", "partyline help login"])
        }
        guard bytes.count <= limit else {
            throw CommandFailure(
                status: .usage, message: "\(name) is larger than \(limit >> 10) KiB, so it is no cookie file",
                next: ["partyline help login"])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What is read up to the end, or up to more than the limit; nil at the deadline.
    static func bytes(_ descriptor: Int32, before deadline: ContinuousClock.Instant) -> [UInt8]? {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let pause = max(0, ((deadline - .now) / .milliseconds(1)).rounded(.up))
            let ready = poll(&entry, 1, Int32(min(pause, 1e9)))
            if ready == 0 { return nil }
            guard ready > 0 else { continue }
            let count = Glibc.read(descriptor, &room, room.count)
            if count > 0 {
                bytes += room[..<count]
            } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                return bytes
            }
        }
        return bytes
    }
}
