// SPDX-License-Identifier: Apache-2.0
import CSystemd

/// The descriptors that systemd passes to the service at its start: sockets, and those from the `FileDescriptorStore`
/// (sd_listen_fds(3)).
public enum SocketActivation {
    /// A listening Unix stream socket, or nil if there is none.
    public static func takeUnixListener() -> Int32? {
        passed.first { sd_is_socket_unix($0.descriptor, Int32(1), 1, nil, 0) > 0 }?.descriptor  // 1: SOCK_STREAM
    }

    /// The descriptors with a name (`FileDescriptorName=` of a socket, `FDNAME=` of a stored descriptor), in systemd's order.
    /// The caller owns them.
    public static func takeNamed(_ name: String) -> [Int32] {
        passed.filter { $0.name == name }.map(\.descriptor)
    }

    private struct Passed {
        let descriptor: Int32
        let name: String
    }

    /// Read only once: reading removes the environment variables, so that no child process takes the descriptors for its own.
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
