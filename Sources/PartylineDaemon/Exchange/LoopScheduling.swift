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
    /// False if somebody chose a policy, say with `CPUSchedulingPolicy=`, or another is not allowed: it stays as it is.
    private var isOurs: Bool
    private let logger: Logger

    /// For the calling thread.
    init(_ logger: Logger) {
        self.logger = logger
        isOurs = sched_getscheduler(0) == SCHED_OTHER
    }

    /// So many lines were told, counted for each port.
    mutating func told(_ deliveries: Int, at now: NIODeadline) {
        guard isOurs, rush.told(deliveries, at: now) else { return }
        var parameters = sched_param()
        guard sched_setscheduler(0, rush.isOn ? clinux_sched_batch : SCHED_OTHER, &parameters) != 0 else { return }
        isOurs = false
        logger.debug("the event loop cannot change how it is scheduled", metadata: ["errno": "\(errno)"])
    }
}
