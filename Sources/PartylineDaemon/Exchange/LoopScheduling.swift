import CLinux
import Glibc
import Logging
import NIOCore

/// When the event loop gets the processor.
///
/// Who says several lines in a row wakes the loop with the first. Where both are on one core, the kernel's default is that
/// who is woken takes it from who runs: each line is then read and told to everybody alone, which costs as much as all of
/// them together. So in a rush the loop waits for its turn (Documentation/decisions/0013). It lives on the loop's thread.
struct LoopScheduling {
    private var rush = Rush()
    /// False if somebody chose a policy, say with `CPUSchedulingPolicy=`, or a change is not allowed: it stays as it is.
    private var isOurs: Bool
    private let logger: Logger

    /// For the calling thread.
    init(_ logger: Logger) {
        self.logger = logger
        isOurs = sched_getscheduler(0) == SCHED_OTHER
        // As it is already: a filter of system calls that does not allow a change shows now, and not in the first rush.
        if isOurs { change(to: SCHED_OTHER) }
    }

    /// So many lines were told to so many ports.
    mutating func told(lines: Int, ports: Int, at now: NIODeadline) {
        guard isOurs, rush.told(lines: lines, ports: ports, at: now.uptimeNanoseconds) else { return }
        // Meanwhile somebody may have chosen one.
        isOurs = sched_getscheduler(0) == (rush.isOn ? SCHED_OTHER : clinux_sched_batch)
        if isOurs { change(to: rush.isOn ? clinux_sched_batch : SCHED_OTHER) }
    }

    private mutating func change(to policy: CInt) {
        var parameters = sched_param()
        if sched_setscheduler(0, policy, &parameters) == 0 { return }
        let error = errno
        isOurs = false
        logger.debug("the event loop cannot change how it is scheduled", metadata: ["errno": "\(error)"])
    }
}
