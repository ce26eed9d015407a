// SPDX-License-Identifier: Apache-2.0
import Glibc
import Logging
import SessionCore

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

    /// How the open files are divided, so that clients can never cut the daemon off from the service.
    struct Shares: Equatable {
        /// Calls under way, each of which may have a connection to the service.
        let calls: Int
        /// Ports of all users together.
        let ports: Int

        init(_ limit: rlim_t) {
            let limit = Int(clamping: limit)
            calls = max(1, min(Session.callLimit, limit / 4))
            ports = max(1, limit - calls - Int(spare))
        }
    }

    /// Raises the soft limit of the process, and logs a warning if the result is too low. Returns its shares.
    static func raise(ports: Int, _ logger: Logger) -> Shares {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return Shares(enough) }
        let before = limit.rlim_cur
        limit.rlim_cur = wanted(soft: before, hard: limit.rlim_max, ports: ports)
        if limit.rlim_cur != before, setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            limit.rlim_cur = before
        }
        logger.debug("open files", metadata: ["limit": "\(limit.rlim_cur)", "before": "\(before)"])
        if let warning = warning(limit.rlim_cur, ports: ports) { logger.warning("\(warning)") }
        return Shares(limit.rlim_cur)
    }
}
