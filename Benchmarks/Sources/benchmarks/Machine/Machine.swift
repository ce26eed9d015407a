// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// The machine that the figures come from. Without the host's name, because reports are published.
struct Machine: Encodable {
    let processor: String
    let cores: Int
    let memoryGiB: Int
    let kernel: String

    static var this: Machine {
        Machine(
            processor: field("model name", of: "/proc/cpuinfo") ?? "unknown processor",
            cores: sysconf(CInt(_SC_NPROCESSORS_ONLN)),
            memoryGiB: memory,
            kernel: text("/proc/sys/kernel/osrelease").trimmingCharacters(in: .whitespacesAndNewlines))
    }

    var description: String {
        "\(processor), \(cores) \(cores == 1 ? "core" : "cores"), \(memoryGiB) GiB, Linux \(kernel)"
    }

    private static var memory: Int {
        let kibibytes = field("MemTotal", of: "/proc/meminfo").flatMap { Double($0.prefix { $0.isNumber }) } ?? 0
        return Int((kibibytes / 1024 / 1024).rounded())
    }

    /// The value of a name in a file of `name: value` lines.
    static func field(_ name: String, of path: String) -> String? {
        for line in text(path).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { continue }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    /// Reads to the end, because files in /proc report the size 0.
    static func text(_ path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    }

    /// Raises the soft limit of descriptors to the hard limit. Child processes inherit it.
    static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
