// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// Figures of a running process from the kernel; 0 once it has ended.
struct ProcessFigures {
    let pid: Int32

    /// KiB.
    var resident: Double { status("VmRSS") }
    /// KiB.
    var residentPeak: Double { status("VmHWM") }

    /// Milliseconds of all threads, including those that have ended.
    var processorTime: Double {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }

    /// Voluntary context switches by thread id.
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
    /// The sum of the increases since `former`, over the keys that exist now.
    func added(since former: [String: Double]) -> Double {
        map { $0.value - (former[$0.key] ?? 0) }.reduce(0, +)
    }
}
