import Glibc

/// A file of the kernel's, or a pipe, read whole.
enum SmallFile {
    /// Its text; empty where it cannot be read.
    static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(descriptor, &room, room.count)
            if count > 0 { bytes += room[..<count] } else if count == 0 || errno != EINTR { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
