// SPDX-License-Identifier: Apache-2.0

/// The path of the daemon's socket. Daemon and clients apply the same rule.
public enum SocketPath {
    /// The longest path in bytes: `sun_path` of Linux's `sockaddr_un` has 108, with a null byte at its end.
    public static let lengthLimit = 107

    /// The path; nil if no source sets it. Flags override the environment.
    ///
    /// - Parameters:
    ///   - explicit: the `--socket` flag.
    ///   - instance: the `--instance` flag: a socket of the system's template unit.
    ///   - environment: `PARTYLINE_SOCKET` and `XDG_RUNTIME_DIR` are read.
    public static func resolve(explicit: String?, instance: String?, environment: [String: String]) -> String? {
        if let explicit { return explicit }
        if let instance { return "/run/partyline/\(instance).sock" }
        if let path = environment["PARTYLINE_SOCKET"], !path.isEmpty { return path }
        // The specification of the variable: a relative path is invalid and must be ignored.
        guard let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") else { return nil }
        return "\(runtime)/partyline/partyline.sock"
    }

    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
