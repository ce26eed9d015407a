// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A port that cannot be bound, or a file that cannot be read or written.
public struct SimulatorError: Error, Sendable, CustomStringConvertible {
    /// What failed and what to do about it, for the user.
    public var description: String

    init(description: String) { self.description = description }

    public static func unreadable(_ path: String) -> SimulatorError {
        SimulatorError(description: "cannot read \(path): check that it exists and is readable")
    }
}

/// Replaces a small file.
/// - Parameter mode: the permissions that the file is created with.
func writeFile(_ text: String, to path: String, mode: mode_t) throws(SimulatorError) {
    // An existing file may have wider permissions, and other processes may have it open.
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw SimulatorError(description: "cannot write \(path): \(lastError())") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
        throw SimulatorError(description: "cannot write \(path): \(lastError())")
    }
}

private func lastError() -> String { String(cString: strerror(errno)) }

/// A Netscape cookie jar with one session cookie.
func cookieJar(domain: String, isSecure: Bool, name: String, value: String) -> String {
    """
    # Netscape HTTP Cookie File
    \(domain)\tFALSE\t/\t\(isSecure ? "TRUE" : "FALSE")\t0\t\(name)\t\(value)

    """
}
