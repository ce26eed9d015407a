// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CLinux
import FoundationEssentials
import Glibc
import SystemPackage

/// A program that the demo runs. Its output goes to files in the demo's folder.
struct DemoChild {
    let name: String
    let arguments: [String]
    var environment: [String: String] = [:]

    /// The path: next to this executable, where a build or an installation puts it, otherwise in the `PATH`.
    static func path(_ name: String) throws -> String {
        let folder = FilePath(Programs.own).removingLastComponent().string
        if let path = Programs.path(name, beside: folder) { return path }
        throw CommandFailure(
            status: .failure, message: "the demo needs \(name), which is neither next to partyline nor in the PATH",
            next: ["swift build --product \(name)", "make demo   builds everything first"])
    }

    /// Runs the program while `body` runs, and ends it afterwards, even if `body` throws.
    ///
    /// The program has its own process group: Ctrl-C reaches only the demo, which then ends its children in order.
    func run(on stage: DemoStage, _ body: (DemoChildProcess) async throws -> Void) async throws {
        let program = try Self.path(name)
        let files = [
            try FileDescriptor.open("/dev/null", .readOnly), try Self.create(stage.output(name)),
            try Self.create(stage.log(name)),
        ]
        defer { for file in files { try? file.close() } }
        let spawn = Spawn(
            command: [Programs.own, "demo-child", "\(getpid())", program] + arguments,
            environment: variables(stage), input: files[0], output: files[1], errors: files[2], grace: .seconds(3))
        try await spawn.run { try await body(DemoChildProcess(name: name, child: $0)) }
    }

    /// Removes the variables that connect a program to something outside the demo: settings of the real daemon, its
    /// service manager, and proxies, which would be used even for connections to this machine.
    private func variables(_ stage: DemoStage) -> [String: String?] {
        let proxies = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"]
        let settings = ProcessInfo.processInfo.environment.keys.filter { $0.hasPrefix("PARTYLINE_") }
        let service = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID"]
        var result: [String: String?] = [:]
        for name in settings + proxies + proxies.map({ $0.lowercased() }) + service {
            result.updateValue(nil, forKey: name)
        }
        result["XDG_CONFIG_HOME"] = stage.configuration
        for (name, value) in environment { result[name] = value }
        return result
    }

    private static func create(_ path: String) throws -> FileDescriptor {
        try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    }
}

struct DemoChildProcess {
    let name: String
    let child: Child
}

/// The demo starts this command in place of a program: it asks the kernel for a signal when the demo dies, then
/// executes the program. A demo that is killed cannot end its children itself.
struct DemoChildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "demo-child", shouldDisplay: false)

    @Argument var parent: Int32
    @Argument(parsing: .captureForPassthrough) var command: [String]

    func run() throws {
        // If the parent is dead already, the signal never comes.
        guard let program = command.first, clinux_signal_at_parent_death(SIGTERM) == 0, getppid() == parent else {
            throw CommandFailure(
                status: .failure, message: "demo-child is only for partyline demo", next: ["partyline demo"])
        }
        var arguments = command.map { strdup($0) } + [nil]
        execv(program, &arguments)
        throw CommandFailure(status: .failure, message: "cannot run \(program): \(Errno(rawValue: errno))")
    }
}
