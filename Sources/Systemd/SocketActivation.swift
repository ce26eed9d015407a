import CSystemd

/// What systemd handed over when it started the service: sockets, and what the service had it keep (sd_listen_fds(3)).
public enum SocketActivation {
    /// A listening Unix stream socket of systemd's, or nil if there is none.
    public static func takeUnixListener() -> Int32? {
        passed.first { sd_is_socket_unix($0.descriptor, Int32(1), 1, nil, 0) > 0 }?.descriptor  // 1: SOCK_STREAM
    }

    /// What has that name (`FileDescriptorName=` of a socket, `FDNAME=` of what was kept), in the order it came. Whoever
    /// asks for a name owns what he gets.
    public static func takeNamed(_ name: String) -> [Int32] {
        passed.filter { $0.name == name }.map(\.descriptor)
    }

    private struct Passed {
        let descriptor: Int32
        let name: String
    }

    /// Asked for once and for all, because the environment variables that announce it are taken away then: no child is
    /// to believe that it is its own.
    private static let passed: [Passed] = {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = Int(sd_listen_fds_with_names(1, &names))
        guard count > 0, let names else { return [] }
        defer {
            for index in 0..<count { free(names[index]) }
            free(names)
        }
        let first: Int32 = 3  // SD_LISTEN_FDS_START; a macro that Swift does not import
        return (0..<count).map { index in
            Passed(descriptor: first + Int32(index), name: names[index].map { String(cString: $0) } ?? "")
        }
    }()
}
