// SPDX-License-Identifier: Apache-2.0
import ConnectStreams

/// Schedules the hook's commands: one at a time for each key, several keys in parallel, with a time limit for each
/// command. Pure: takes inputs with the time and returns steps.
struct HookQueue {
    typealias RunID = UInt64

    struct Limits: Equatable {
        /// Commands that run at the same time.
        var jobs = 8
        /// Waiting events per key.
        var backlog = 1000
        /// Bytes of all waiting events.
        var bytes = 64 << 20
        /// Milliseconds that a command may run.
        var timeout: Int64 = 30_000
        /// Milliseconds from SIGTERM to SIGKILL.
        var grace: Int64 = 5000
        /// Milliseconds that running commands may take after `stop`.
        var stopTimeout: Int64 = 3000
    }

    enum Input {
        case event(StreamEvent)
        case ended(RunID, Child.Ending)
        /// A deadline may have passed.
        case tick
        /// Start no more commands. A second `stop` kills the running ones.
        case stop
    }

    enum Step: Equatable {
        case start(RunID, StreamEvent)
        case terminate(RunID)
        case kill(RunID)
        case report(String)
    }

    private struct Run {
        let key: HookKey
        let event: StreamEvent
        /// When to terminate the command, or to kill it if that was done; nil after the kill.
        var deadline: Int64?
        var isTerminated = false
    }

    let limits: Limits
    private var backlog: HookBacklog
    private var runs: [RunID: Run] = [:]
    private var nextRun: RunID = 1
    private(set) var isStopping = false

    init(_ limits: Limits = Limits()) {
        self.limits = limits
        backlog = HookBacklog(perKey: limits.backlog, bytes: limits.bytes)
    }

    /// True after `stop`, once no command runs.
    var isFinished: Bool { isStopping && runs.isEmpty }

    /// When `tick` is due.
    var nextDeadline: Int64? { runs.values.compactMap(\.deadline).min() }

    mutating func handle(_ input: Input, at now: Int64) -> [Step] {
        switch input {
        case .event(let event): return enqueue(event, now)
        case .ended(let id, let outcome): return end(id, outcome, now)
        case .tick: return tick(now)
        case .stop: return stop(now)
        }
    }

    private mutating func enqueue(_ event: StreamEvent, _ now: Int64) -> [Step] {
        guard !isStopping else { return [] }
        let dropped = backlog.append(event)
        return dropped.map { .report(HookMessages.dropped($0, limits)) } + start(now)
    }

    /// Starts waiting events while the limits allow it.
    private mutating func start(_ now: Int64) -> [Step] {
        var steps: [Step] = []
        while !isStopping, runs.count < limits.jobs, let (key, event) = backlog.next() {
            runs[nextRun] = Run(key: key, event: event, deadline: now + limits.timeout)
            steps.append(.start(nextRun, event))
            nextRun += 1
        }
        return steps
    }

    private mutating func end(_ id: RunID, _ outcome: Child.Ending, _ now: Int64) -> [Step] {
        guard let run = runs.removeValue(forKey: id) else { return [] }
        backlog.release(run.key)
        // The termination was already reported.
        let message = run.isTerminated ? nil : HookMessages.failure(run.event, outcome)
        return (message.map { [.report($0)] } ?? []) + start(now)
    }

    private mutating func tick(_ now: Int64) -> [Step] {
        var steps: [Step] = []
        for (id, run) in runs.sorted(by: { $0.key < $1.key }) {
            guard let deadline = run.deadline, deadline <= now else { continue }
            if run.isTerminated {
                runs[id]?.deadline = nil
                steps += [.report(HookMessages.killed(run.event)), .kill(id)]
            } else {
                runs[id]?.isTerminated = true
                runs[id]?.deadline = now + limits.grace
                let message =
                    isStopping ? HookMessages.cutShort(run.event) : HookMessages.late(run.event, limits.timeout)
                steps += [.report(message), .terminate(id)]
            }
        }
        return steps
    }

    private mutating func stop(_ now: Int64) -> [Step] {
        guard !isStopping else { return runs.keys.sorted().map { .kill($0) } }
        isStopping = true
        for (id, run) in runs where !run.isTerminated {
            runs[id]?.deadline = min(run.deadline ?? .max, now + limits.stopTimeout)
        }
        return backlog.first.map { [.report(HookMessages.left(backlog.count, $0))] } ?? []
    }
}

/// Commands with the same key run one after another: the events of a contact, of the agent, or of any other single
/// name.
struct HookKey: Hashable {
    private let text: String

    init(_ event: StreamEvent) {
        if let contactId = event.contactId {
            text = "contact \(contactId)"
        } else {
            text = event.name.hasPrefix("agent::") ? "agent" : "event \(event.name)"
        }
    }
}

/// The messages of `hook` on standard error, one line each.
enum HookMessages {
    /// Nil if the command succeeded.
    static func failure(_ event: StreamEvent, _ outcome: Child.Ending) -> String? {
        switch outcome {
        case .exited(0): nil
        case .exited(let status): line(event, "ended with status \(status)")
        case .signalled(let number): line(event, "was ended by signal \(number)")
        case .notStarted(let reason): line(event, "could not be started: \(reason)")
        }
    }

    static func late(_ event: StreamEvent, _ timeout: Int64) -> String {
        line(event, "took longer than \(Text.setting(milliseconds: Int(timeout))): sent SIGTERM")
    }

    static func cutShort(_ event: StreamEvent) -> String { line(event, "was still running at the end: sent SIGTERM") }

    static func killed(_ event: StreamEvent) -> String { line(event, "did not end after SIGTERM: sent SIGKILL") }

    static func dropped(_ event: StreamEvent, _ limits: HookQueue.Limits) -> String {
        let bounds = "\(limits.backlog) per contact, \(Text.size(limits.bytes)) in total"
        return "partyline: \(name(event)) was skipped: too many events wait for slow hooks (limits: \(bounds))"
    }

    static func left(_ count: Int, _ first: StreamEvent) -> String {
        "partyline: \(count) waiting events were not handled; the first was \(name(first))"
    }

    private static func line(_ event: StreamEvent, _ what: String) -> String {
        "partyline: the hook for \(name(event)) \(what)"
    }

    private static func name(_ event: StreamEvent) -> String {
        let contact = event.contactId.map { " of \(Text.cut($0, 80))" } ?? ""
        return Text.printable("\(Text.cut(event.name, 80))\(contact) (clock \(event.clock))")
    }
}
