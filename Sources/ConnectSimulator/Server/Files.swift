import Glibc

/// Something the simulator needs of the machine and does not get.
public struct SimulatorError: Error, Sendable, CustomStringConvertible {
    /// What failed, and what to do about it.
    public var description: String

    init(description: String) { self.description = description }

    /// A file that cannot be read.
    public static func unreadable(_ path: String) -> SimulatorError {
        SimulatorError(description: "cannot read \(path): is it there, and readable?")
    }
}

/// Writes a small file anew.
/// - Parameter mode: permissions; they hold from the file's first moment.
func writeFile(_ text: String, to path: String, mode: mode_t) throws(SimulatorError) {
    // An older file may have wider permissions and readers.
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
