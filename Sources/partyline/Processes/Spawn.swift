import Glibc

/// Starts a program, in a process group of its own, with nothing of ours but what it is given.
struct Spawn {
    /// The program and its arguments; a name without a slash is looked for in the PATH.
    let command: [String]
    /// All of its environment.
    let environment: [String: String]
    /// What it reads; nil leaves it ours.
    var input: Int32?
    /// Where it writes; nil leaves it ours.
    var output: Int32?
    /// Where it complains; nil leaves it ours.
    var errors: Int32?

    /// Why a program did not start.
    struct Failure: Error, Equatable {
        let reason: String
    }

    /// The process's number, which is also its group's.
    func start() throws(Failure) -> pid_t {
        var attributes = posix_spawnattr_t()
        var actions = posix_spawn_file_actions_t()
        posix_spawnattr_init(&attributes)
        posix_spawn_file_actions_init(&actions)
        defer {
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
        }
        Self.prepare(&attributes)
        for (descriptor, number) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (errors, STDERR_FILENO)] {
            if let descriptor { posix_spawn_file_actions_adddup2(&actions, descriptor, number) }
        }
        return try run(&actions, &attributes)
    }

    /// A group of its own, to be ended whole; and the signals as a program expects to find them.
    private static func prepare(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))
    }

    private func run(
        _ actions: inout posix_spawn_file_actions_t, _ attributes: inout posix_spawnattr_t
    ) throws(Failure) -> pid_t {
        guard let program = command.first else { throw Failure(reason: "no command") }
        var arguments = command.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var pid = pid_t()
        let result = posix_spawnp(&pid, program, &actions, &attributes, &arguments, &variables)
        guard result == 0 else { throw Failure(reason: String(cString: strerror(result))) }
        return pid
    }
}
