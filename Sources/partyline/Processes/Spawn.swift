// SPDX-License-Identifier: Apache-2.0
import Dispatch
import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// Starts a program in its own process group. Of our descriptors it inherits only the three that it is given.
struct Spawn {
    /// The program and its arguments. A name without a slash is searched in the `PATH`.
    let command: [String]
    /// The changes to our environment; nil removes a variable.
    var environment: [String: String?] = [:]
    var input = FileDescriptor.standardInput
    var output = FileDescriptor.standardOutput
    var errors = FileDescriptor.standardError
    /// The time from SIGTERM to SIGKILL when `run` ends it; nil sends SIGKILL at once.
    var grace: Duration?

    struct Failure: Error, Equatable {
        let reason: String

        init(_ error: any Error) {
            let cause = (error as? SubprocessError)?.underlyingError
            reason = (error as? Failure)?.reason ?? cause.map { "\($0)" } ?? "\(error)"
        }
    }

    /// Runs the program while `body` runs, and ends it afterwards, even if `body` throws.
    func run(_ body: (Child) async throws -> Void) async throws {
        let configuration = try configuration
        _ = try await Subprocess.run(
            configuration, input: .fileDescriptor(input, closeAfterSpawningProcess: false),
            output: .fileDescriptor(output, closeAfterSpawningProcess: false),
            error: .fileDescriptor(errors, closeAfterSpawningProcess: false)
        ) { execution in
            try await body(Child(id: execution.processIdentifier.value))
            // If `body` throws, the library does the same.
            await execution.teardown(using: configuration.platformOptions.teardownSequence)
        }
    }

    /// Starts the program and returns, for callers that poll descriptors. It blocks until the program runs. The child's
    /// pid stays valid until the child is released.
    ///
    /// Deadlocks on a thread of the concurrency pool if the pool has no other: the program is started there.
    func start() throws(Failure) -> Child {
        let isDecided = DispatchSemaphore(value: 0)
        let (lease, end) = AsyncStream<Void>.makeStream()
        // Unsafe on purpose: the semaphore orders the write in the task before the read here.
        nonisolated(unsafe) var result = Result<Child, Failure>.failure(Failure(Errno.noSuchProcess))
        Task.detached {
            do {
                try await run { child in
                    result = .success(Child(id: child.id) { end.finish() })
                    isDecided.signal()
                    for await _ in lease {}
                }
            } catch {
                guard case .failure = result else { return }
                result = .failure(Failure(error))
                isDecided.signal()
            }
        }
        isDecided.wait()
        return try result.get()
    }

    private var configuration: Configuration {
        get throws {
            guard let name = command.first, let path = Programs.path(name) else {
                throw Failure(Errno.noSuchFileOrDirectory)
            }
            var options = PlatformOptions()
            options.processGroupID = 0
            options.teardownSequence = grace.map { [.gracefulShutDown(allowedDurationToNextStep: $0)] } ?? []
            return Configuration(
                executable: .path(FilePath(path)),
                arguments: Arguments(executablePathOverride: name, remainingValues: Array(command.dropFirst())),
                environment: .inherit.updating(variables), platformOptions: options)
        }
    }

    private var variables: [Environment.Key: String?] {
        var result: [Environment.Key: String?] = [:]
        for (name, value) in environment {
            guard let key = Environment.Key(rawValue: name) else { continue }
            // The name of a broadcast may contain NUL, which ends an environment variable.
            result.updateValue(value.map { String($0.prefix { $0 != "\0" }) }, forKey: key)
        }
        return result
    }
}

/// A program that was started. Its pid is not reused, even after its end, before the body of `run` ends or the child is
/// released.
struct Child: Sendable {
    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
        case notStarted(String)
    }

    /// The id of the process and of its group.
    let id: pid_t
    var release: @Sendable () -> Void = {}

    /// Nil while the program runs. WNOWAIT leaves the process uncollected: no other process can get its pid yet.
    var ending: Ending? {
        var facts = siginfo_t()
        guard waitid(P_PID, id_t(id), &facts, WEXITED | WNOHANG | WNOWAIT) == 0, facts.si_signo != 0 else { return nil }
        let status = facts._sifields._sigchld.si_status
        return facts.si_code == Int32(CLD_EXITED) ? .exited(status) : .signalled(status)
    }
}

enum Programs {
    static var own: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "partyline"
    }

    /// The path of the program to run. A name with a slash is a path already; any other name is searched in `first`,
    /// then in the `PATH`.
    static func path(_ name: String, beside first: String? = nil) -> String? {
        if name.contains("/") { return isProgram(name) ? name : nil }
        let folders = (Variables.value("PATH") ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
        return ([first].compactMap { $0 } + folders).map { "\($0)/\(name)" }.first(where: isProgram)
    }

    /// access(2) alone would accept a folder.
    private static func isProgram(_ path: String) -> Bool {
        var facts = stat()
        return access(path, X_OK) == 0 && stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
    }
}
