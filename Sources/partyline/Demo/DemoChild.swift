import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// A program of the demo: started with its output in the stage's files, stopped when the work with it is done.
struct DemoChild {
    let name: String
    let arguments: [String]
    var environment: [String: String] = [:]

    /// Runs the program, and `body` beside it; then ends the program, whatever `body` did.
    func run(on stage: DemoStage, _ body: (DemoChildProcess) async throws -> Void) async throws {
        let program = try SiblingProgram.path(name)
        let output = try Self.create(stage.output(name))
        let log = try Self.create(stage.log(name))
        _ = try await Subprocess.run(
            .path(FilePath(SiblingProgram.own)),
            arguments: Arguments(["demo-child", "\(getpid())", program] + arguments),
            environment: childEnvironment(stage), platformOptions: Self.options, input: .none,
            output: .fileDescriptor(output, closeAfterSpawningProcess: true),
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            let outcome: Result<Void, any Error>
            do {
                try await body(DemoChildProcess(name: name, id: execution.processIdentifier.value))
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            await execution.teardown(using: Self.options.teardownSequence)
            try outcome.get()
        }
    }

    /// A group of its own: Ctrl-C is for the demo, which then ends its children in order.
    private static var options: PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(3))]
        return options
    }

    /// The user's environment without what would lead a program out of the demo: settings of the real daemon, its service
    /// manager, and proxies on the way to this machine itself.
    private func childEnvironment(_ stage: DemoStage) -> Subprocess.Environment {
        var changes: [Subprocess.Environment.Key: String?] = [:]
        func set(_ name: String, _ value: String?) {
            guard let key = Subprocess.Environment.Key(rawValue: name) else { return }
            changes.updateValue(value, forKey: key)
        }
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("PARTYLINE_") { set(name, nil) }
        for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"] {
            set(name, nil)
            set(name.lowercased(), nil)
        }
        for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID"] { set(name, nil) }
        set("XDG_CONFIG_HOME", stage.configuration)
        for (name, value) in environment { set(name, value) }
        return .inherit.updating(changes)
    }

    private static func create(_ path: String) throws -> FileDescriptor {
        try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    }
}

/// A running program of the demo.
struct DemoChildProcess: Sendable {
    let name: String
    let id: Int32

    /// False once it has ended, also before anybody has collected its status.
    var isRunning: Bool {
        var facts = siginfo_t()
        let result = waitid(P_PID, id_t(id), &facts, WEXITED | WNOHANG | WNOWAIT)
        return result == 0 && facts.si_signo == 0
    }
}
