// SPDX-License-Identifier: Apache-2.0
import Glibc
import Logging

/// Raises the limit of open files. Each connection needs one, and the usual soft limit of 1,024 exists only for programs
/// that use select(2).
enum DescriptorLimit {
    /// The soft limit is not raised beyond this without need, so that tables of the size of the limit stay small.
    static let enough: rlim_t = 65_536
    /// Open files besides the ports: the socket, the log, connections to the service, and so on.
    static let spare: rlim_t = 64

    /// The soft limit to set: `enough`, or what the ports need if that is more; at most `hard` and at least `soft`.
    static func wanted(soft: rlim_t, hard: rlim_t, ports: Int) -> rlim_t {
        max(soft, min(hard, max(enough, rlim_t(ports) + spare)))
    }

    /// A warning if the limit is too low for that many ports.
    static func warning(_ limit: rlim_t, ports: Int) -> String? {
        guard limit < rlim_t(ports) + spare else { return nil }
        return "only \(limit) files may be open, which is not enough for the \(ports) connections of limits.uidPorts: "
            + "raise LimitNOFILE= of the service (or ulimit -Hn), or lower limits.uidPorts"
    }

    /// The ports of all users together: the rest of the open files is for the daemon's own use, so that clients can never
    /// cut it off from the service.
    static func ports(_ limit: rlim_t) -> Int { max(1, Int(clamping: limit) - Int(spare)) }

    /// Raises the soft limit of the process, and logs a warning if the result is too low. Returns the limit.
    static func raise(ports: Int, _ logger: Logger) -> rlim_t {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return rlim_t(ports) + spare }
        let before = limit.rlim_cur
        limit.rlim_cur = wanted(soft: before, hard: limit.rlim_max, ports: ports)
        if limit.rlim_cur != before, setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            limit.rlim_cur = before
        }
        logger.debug("open files", metadata: ["limit": "\(limit.rlim_cur)", "before": "\(before)"])
        if let warning = warning(limit.rlim_cur, ports: ports) { logger.warning("\(warning)") }
        return limit.rlim_cur
    }
}
