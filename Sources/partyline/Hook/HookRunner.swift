import ConnectStreams
import Glibc

/// Runs what the queue says: starts commands, ends them, hears of their ends. One thread, one wait for everything.
struct HookRunner {
    private let command: [String]
    private let environment: HookEnvironment
    private let filter: EventFilter
    private let signals: SignalPipe
    private let start = ContinuousClock.now
    private var queue: HookQueue
    private var children: [HookQueue.RunID: Child] = [:]
    /// What ended the stream for good; told when the last command has ended.
    private var failure: (any Error)?

    private struct Child {
        let pid: pid_t
        /// True once it was told to end: then whatever is left of its group goes with it.
        var isEnded = false
    }

    init(
        _ command: [String], _ environment: HookEnvironment, _ filter: EventFilter, _ limits: HookQueue.Limits
    ) throws {
        self.command = command
        self.environment = environment
        self.filter = filter
        signals = try SignalPipe.open()
        queue = HookQueue(limits)
    }

    /// Works until a signal says that it is enough, or there will be no more events.
    mutating func run(_ feed: inout EventFeed) throws {
        while !queue.isFinished {
            if let event = next(&feed) { act(.event(event)) }
            if signals.received().contains(where: isEnough) { act(.stop) }
            collect()
            if let deadline = queue.nextDeadline, deadline <= now { act(.tick) }
        }
        if let failure { throw failure }
    }

    /// A reader of our standard error that goes away is reason to end, but no second word of somebody impatient: it goes
    /// by the same Ctrl-C.
    private func isEnough(_ signal: Int32) -> Bool {
        EndSignals.all.contains(signal) && !(signal == SIGPIPE && queue.isStopping)
    }

    private var now: Int64 {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// The next event that is meant, or nil if something else has to be looked after first.
    private mutating func next(_ feed: inout EventFeed) -> StreamEvent? {
        let deadline = queue.nextDeadline.map { start + .milliseconds($0) }
        guard !queue.isStopping else {
            idle(until: deadline)
            return nil
        }
        do {
            let update = try feed.next(before: deadline, interruption: signals.descriptor)
            guard case .event(let event)? = update, filter.passes(event) else { return nil }
            return event
        } catch {
            failure = error
            act(.stop)
            return nil
        }
    }

    /// Nothing is read any more; what still runs is waited for.
    private func idle(until deadline: ContinuousClock.Instant?) {
        var entry = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
        let pause = deadline.map { max(0, min(1000, Int32(($0 - .now) / .milliseconds(1)) + 1)) }
        _ = poll(&entry, 1, pause ?? 1000)
    }

    private mutating func act(_ input: HookQueue.Input) {
        var steps = queue.handle(input, at: now)
        while !steps.isEmpty {
            switch steps.removeFirst() {
            case .start(let run, let event): steps += launch(run, event)
            case .terminate(let run): end(run, SIGTERM)
            case .kill(let run): end(run, SIGKILL)
            case .say(let line): Console.error(line)
            }
        }
    }

    private mutating func launch(_ run: HookQueue.RunID, _ event: StreamEvent) -> [HookQueue.Step] {
        guard let input = MemoryFile.containing(event.line + [0x0A]) else {
            return queue.handle(.ended(run, .notStarted("no memory for its input")), at: now)
        }
        defer { close(input) }
        do throws(Spawn.Failure) {
            let spawn = Spawn(command: command, environment: environment.variables(event), input: input)
            children[run] = Child(pid: try spawn.start())
            return []
        } catch {
            return queue.handle(.ended(run, .notStarted(error.reason)), at: now)
        }
    }

    private mutating func end(_ run: HookQueue.RunID, _ signal: Int32) {
        guard let child = children[run] else { return }
        children[run]?.isEnded = true
        kill(-child.pid, signal)
    }

    /// Hears of commands that have ended.
    private mutating func collect() {
        for (run, child) in children {
            var facts = siginfo_t()
            // Looked at first and collected afterwards: until then nobody else can have its number.
            let result = waitid(P_PID, id_t(child.pid), &facts, WEXITED | WNOHANG | WNOWAIT)
            guard result == 0, facts.si_signo != 0 else { continue }
            if child.isEnded { kill(-child.pid, SIGKILL) }
            var status: Int32 = 0
            waitpid(child.pid, &status, 0)
            children[run] = nil
            act(.ended(run, Self.outcome(status)))
        }
    }

    /// As WIFEXITED and its relatives, which are macros, read it.
    static func outcome(_ status: Int32) -> HookOutcome {
        status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    }
}
