import Glibc
import Logging

/// Each connection is an open file, and the usual soft limit of 1,024 is there for programs that use select(2).
enum DescriptorLimit {
    /// More is rarely of use, and tables that are as long as the limit stay short.
    static let enough: rlim_t = 65_536
    /// Open files beside the ports: the socket, the log, connections to the service, and the like.
    static let spare: rlim_t = 64

    /// The soft limit to be set: the hard one as far as it is of use, and never less than what there is.
    static func wanted(soft: rlim_t, hard: rlim_t, ports: Int) -> rlim_t {
        max(soft, min(hard, max(enough, rlim_t(ports) + spare)))
    }

    /// What is wrong with a limit if so many ports are allowed, or nil.
    static func warning(_ limit: rlim_t, ports: Int) -> String? {
        guard limit < rlim_t(ports) + spare else { return nil }
        return "only \(limit) files may be open, which is not enough for the \(ports) connections of limits.uidPorts: "
            + "raise LimitNOFILE= of the service (or ulimit -Hn), or lower limits.uidPorts"
    }

    /// Raises the soft limit as far as the hard one allows.
    static func raise(ports: Int, _ logger: Logger) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let before = limit.rlim_cur
        limit.rlim_cur = wanted(soft: before, hard: limit.rlim_max, ports: ports)
        if limit.rlim_cur != before, setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            limit.rlim_cur = before
        }
        logger.debug("open files", metadata: ["limit": "\(limit.rlim_cur)", "before": "\(before)"])
        if let warning = warning(limit.rlim_cur, ports: ports) { logger.warning("\(warning)") }
    }
}
