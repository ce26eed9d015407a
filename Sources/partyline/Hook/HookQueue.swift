import ConnectStreams

/// Which hook runs when: one at a time for each contact, several beside each other, none longer than it may. Pure: it is
/// told what happened and what time it is, and says what to do.
struct HookQueue {
    typealias RunID = UInt64

    struct Limits: Equatable {
        /// Commands at the same time.
        var jobs = 8
        /// Events that may wait for one contact.
        var backlog = 1000
        /// Bytes of events that may wait in all.
        var bytes = 64 << 20
        /// Milliseconds that a command may take.
        var timeout: Int64 = 30_000
        /// Milliseconds from SIGTERM to SIGKILL.
        var grace: Int64 = 5000
        /// Milliseconds that running commands are left when it is all to end.
        var farewell: Int64 = 3000
    }

    enum Input {
        case event(StreamEvent)
        case ended(RunID, Child.Ending)
        /// A deadline may have passed.
        case tick
        /// No more commands; the second time says it with emphasis.
        case stop
    }

    enum Step: Equatable {
        case start(RunID, StreamEvent)
        case terminate(RunID)
        case kill(RunID)
        case say(String)
    }

    private struct Run {
        let key: HookKey
        let event: StreamEvent
        /// When the next, less patient thing is done to it; nil if nothing is left to be done.
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

    /// True once it was stopped and nothing runs any more.
    var isFinished: Bool { isStopping && runs.isEmpty }

    /// When `tick` is due.
    var nextDeadline: Int64? { runs.values.compactMap(\.deadline).min() }

    mutating func handle(_ input: Input, at now: Int64) -> [Step] {
        switch input {
        case .event(let event): return take(event, now)
        case .ended(let id, let outcome): return end(id, outcome, now)
        case .tick: return tick(now)
        case .stop: return stop(now)
        }
    }

    private mutating func take(_ event: StreamEvent, _ now: Int64) -> [Step] {
        guard !isStopping else { return [] }
        let dropped = backlog.append(event)
        return dropped.map { .say(HookWords.dropped($0, limits)) } + start(now)
    }

    /// Starts what may start: the longest waiting first, of keys that nothing runs for.
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
        // Why a terminated one ended is known already.
        let words = run.isTerminated ? nil : HookWords.failure(run.event, outcome)
        return (words.map { [.say($0)] } ?? []) + start(now)
    }

    private mutating func tick(_ now: Int64) -> [Step] {
        var steps: [Step] = []
        for (id, run) in runs.sorted(by: { $0.key < $1.key }) {
            guard let deadline = run.deadline, deadline <= now else { continue }
            if run.isTerminated {
                runs[id]?.deadline = nil
                steps += [.say(HookWords.killed(run.event)), .kill(id)]
            } else {
                runs[id]?.isTerminated = true
                runs[id]?.deadline = now + limits.grace
                let words = isStopping ? HookWords.cutShort(run.event) : HookWords.late(run.event, limits.timeout)
                steps += [.say(words), .terminate(id)]
            }
        }
        return steps
    }

    private mutating func stop(_ now: Int64) -> [Step] {
        guard !isStopping else { return runs.keys.sorted().map { .kill($0) } }
        isStopping = true
        for (id, run) in runs where !run.isTerminated {
            runs[id]?.deadline = min(run.deadline ?? .max, now + limits.farewell)
        }
        return backlog.first.map { [.say(HookWords.left(backlog.count, $0))] } ?? []
    }
}

/// What is done one at a time: the events of a contact, those of the agent, those of any other name.
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

/// What `hook` says on standard error, one line each.
enum HookWords {
    /// Nil if there is nothing to say.
    static func failure(_ event: StreamEvent, _ outcome: Child.Ending) -> String? {
        switch outcome {
        case .exited(0): nil
        case .exited(let status): line(event, "ended with status \(status)")
        case .signalled(let number): line(event, "was ended by signal \(number)")
        case .notStarted(let reason): line(event, "could not be started: \(reason)")
        }
    }

    static func late(_ event: StreamEvent, _ timeout: Int64) -> String {
        line(event, "took longer than \(Text.setting(milliseconds: Int(timeout))) and is ended")
    }

    static func cutShort(_ event: StreamEvent) -> String { line(event, "still ran at the end and is ended") }

    static func killed(_ event: StreamEvent) -> String { line(event, "did not heed SIGTERM and is killed") }

    static func dropped(_ event: StreamEvent, _ limits: HookQueue.Limits) -> String {
        let bounds = "\(limits.backlog) for a contact, \(Text.size(limits.bytes)) in all"
        return "partyline: \(name(event)) is left out: too many events wait for hooks that are too slow (\(bounds))"
    }

    static func left(_ count: Int, _ first: StreamEvent) -> String {
        "partyline: \(count) events were not handled any more, the first of them \(name(first))"
    }

    private static func line(_ event: StreamEvent, _ what: String) -> String {
        "partyline: the hook for \(name(event)) \(what)"
    }

    private static func name(_ event: StreamEvent) -> String {
        let contact = event.contactId.map { " of \($0)" } ?? ""
        return Text.printable("\(event.name)\(contact) (clock \(event.clock))")
    }
}
