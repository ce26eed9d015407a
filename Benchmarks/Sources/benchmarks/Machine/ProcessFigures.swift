import Foundation
import Glibc

/// What the kernel says of a running process.
struct ProcessFigures {
    let pid: Int32

    /// KiB in memory now.
    var resident: Double { status("VmRSS") }
    /// The most KiB that were ever in memory.
    var residentPeak: Double { status("VmHWM") }

    /// Milliseconds on a processor, all threads together, those that have ended too.
    var processorTime: Double {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }

    /// How often each thread woke up, by its id: it had gone to sleep of its own will before.
    var wakeUps: [String: Double] {
        let folder = "/proc/\(pid)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let counts = threads.map { Machine.field("voluntary_ctxt_switches", of: "\(folder)/\($0)/status") }
        return Dictionary(zip(threads, counts.map { $0.flatMap { Double($0) } ?? 0 })) { $1 }
    }

    private func status(_ name: String) -> Double {
        Machine.field(name, of: "/proc/\(pid)/status").flatMap { Double($0.prefix { $0.isNumber }) } ?? 0
    }
}

extension [String: Double] {
    /// What was added since then, by those that are there now.
    func added(since former: [String: Double]) -> Double {
        map { $0.value - (former[$0.key] ?? 0) }.reduce(0, +)
    }
}
