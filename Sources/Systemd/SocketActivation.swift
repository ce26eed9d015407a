import CSystemd

/// The sockets that systemd made for the service (sd_listen_fds(3)).
public enum SocketActivation {
    /// A listening Unix stream socket of systemd's, or nil if there is none.
    ///
    /// Call it once, early: the environment variables that announce the sockets are taken away, so that no child
    /// believes they are its own.
    public static func takeUnixListener() -> Int32? {
        let count = sd_listen_fds(1)
        guard count > 0 else { return nil }
        let first: Int32 = 3  // SD_LISTEN_FDS_START; a macro that Swift does not import
        return (first..<(first + count)).first { descriptor in
            sd_is_socket_unix(descriptor, Int32(1), 1, nil, 0) > 0  // 1: SOCK_STREAM, listening
        }
    }
}
