/// The kernel's list of locks.
enum LockTable {
    /// `1: FLOCK  ADVISORY  WRITE 4711 00:1b:9047 0 EOF`: the file is named by its device and its number. The device is left
    /// out, because some file systems show another one here than to stat(2).
    static func lock(on inode: UInt64, in table: String) -> DoctorFacts.Lock {
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 5, words[1] == "FLOCK", words[5].hasSuffix(":\(inode)") else { continue }
            return .held(pid: Int(words[4]).flatMap { $0 > 0 ? $0 : nil })
        }
        return .free
    }
}

/// The kernel's list of a process's limits.
enum ProcessLimits {
    /// `Max open files            1024                 524288               files`: the first number holds.
    static func openFiles(_ table: String) -> Int? {
        let line = table.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { $0 == "unlimited" ? Int.max : Int($0) }
    }
}
