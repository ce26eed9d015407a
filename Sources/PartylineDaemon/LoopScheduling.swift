import CLinux
import Glibc
import Logging

/// When the event loop gets the processor.
///
/// A program that says several lines in a row wakes the loop with the first. On a busy machine both may be on one core, and
/// the kernel's default is that who is woken takes it from who runs: each line is then read and told to everybody alone,
/// which costs as much as all of them together (Documentation/decisions/0013).
enum LoopScheduling {
    /// The policy to be set, or nil: one that somebody chose, say with `CPUSchedulingPolicy=`, stays.
    static func wanted(_ policy: CInt) -> CInt? { policy == SCHED_OTHER ? clinux_sched_batch : nil }

    /// Lets the calling thread wait for its turn. Where that is forbidden it runs as it is.
    static func settle(_ logger: Logger) {
        guard let policy = wanted(sched_getscheduler(0)) else { return }
        var parameters = sched_param()
        guard sched_setscheduler(0, policy, &parameters) != 0 else { return }
        logger.debug("the event loop takes the processor when it is woken", metadata: ["errno": "\(errno)"])
    }
}
