// SPDX-License-Identifier: Apache-2.0
import CPlain
import Foundation
import Glibc

/// A child process, which is stopped with its last reference.
final class Child {
    let name: String
    let pid: pid_t
    private let outputFile: String
    private let errorFile: String
    private var status: Int32?

    /// Starts a program. Its environment has PATH, HOME and the given variables only.
    init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], in folder: String
    ) throws(Failure) {
        name = executable.split(separator: "/").last.map(String.init) ?? executable
        guard access(executable, X_OK) == 0 else { throw Failure("\(executable) cannot be run") }
        let id = String(UInt32.random(in: 0...UInt32.max), radix: 36)
        outputFile = "\(folder)/\(name).\(id).out"
        errorFile = "\(folder)/\(name).\(id).err"
        let files = [outputFile, errorFile].map { file in
            file.withCString { open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) }
        }
        defer { files.forEach { close($0) } }
        var variables = ["PATH": Self.path, "HOME": folder]
        variables.merge(environment) { $1 }
        pid = withStrings([executable] + arguments) { pointers in
            withStrings(variables.map { "\($0)=\($1)" }) { plain_spawn(executable, pointers, $0, files[0], files[1]) }
        }
        if pid < 0 { throw Failure("\(executable) cannot be started: \(String(cString: strerror(errno)))") }
    }

    deinit { stop() }

    private static let path = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

    /// The path of an installed program.
    static func installed(_ name: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    var output: String { Machine.text(outputFile) }
    var errors: String { Machine.text(errorFile) }
    var figures: ProcessFigures { ProcessFigures(pid: pid) }

    var isRunning: Bool {
        guard status == nil else { return false }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return true }
        self.status = status
        return false
    }

    /// Sends SIGTERM, and SIGKILL after 5 s.
    func stop() {
        for (signal, timeout) in [(SIGTERM, 5.0), (SIGKILL, 5.0)] where isRunning {
            kill(pid, signal)
            _ = hasEnded(within: timeout)
        }
    }

    func hasEnded(within seconds: Double) -> Bool {
        let deadline = Clock.now + seconds.nanoseconds
        while isRunning {
            if Clock.now > deadline { return false }
            Clock.sleep(0.002)
        }
        return true
    }

    /// Waits for a condition while the program runs.
    /// - Throws: a `Failure` with the last lines of its standard error if the program ends or the time is over.
    func wait(for what: String, seconds: Double = 10, _ condition: () throws -> Bool) throws {
        let deadline = Clock.now + seconds.nanoseconds
        while try !condition() {
            guard isRunning, Clock.now < deadline else {
                let last = errors.split(separator: "\n").suffix(3).joined(separator: "\n")
                let end = isRunning ? "within \(seconds) s" : "before \(name) ended"
                throw Failure("no \(what) \(end)" + (last.isEmpty ? "" : "; its last lines:\n\(last)"))
            }
            Clock.sleep(0.005)
        }
    }
}

/// Calls `body` with a null-terminated array of C strings.
private func withStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the array has at least the terminating null") }
        return body(base)
    }
}
