// SPDX-License-Identifier: Apache-2.0
import ConnectStreams
import Glibc
import SystemPackage

/// Carries out the queue's steps: starts and ends commands, and reports their ends to the queue. One thread waits for
/// events and signals together.
struct HookRunner {
    private let command: [String]
    private let socket: String
    private var selection: HookSelection
    private let signals: SignalPipe
    private let start = ContinuousClock.now
    private var queue: HookQueue
    private var children: [HookQueue.RunID: Child] = [:]
    /// Commands that were sent a signal. The rest of such a command's process group is killed when it ends.
    private var ended: Set<HookQueue.RunID> = []
    /// The error that ended the stream. It is thrown after the last command has ended.
    private var failure: (any Error)?

    init(
        _ command: [String], socket: String, _ selection: HookSelection, _ limits: HookQueue.Limits
    ) throws {
        self.command = command
        self.socket = socket
        self.selection = selection
        signals = try SignalPipe.open()
        queue = HookQueue(limits)
    }

    /// Runs until a signal asks it to stop or the stream fails.
    mutating func run(_ feed: inout EventFeed) throws {
        while !queue.isFinished {
            if let event = next(&feed) { handle(.event(event)) }
            if signals.received().contains(where: isStop) { handle(.stop) }
            collect()
            if let deadline = queue.nextDeadline, deadline <= now { handle(.tick) }
        }
        if let failure { throw failure }
    }

    /// SIGPIPE (the reader of our standard error went away) also asks to stop. It must not count as a second Ctrl-C,
    /// which kills the commands: the first Ctrl-C usually ended that reader, too.
    private func isStop(_ signal: Int32) -> Bool {
        EndSignals.all.contains(signal) && !(signal == SIGPIPE && queue.isStopping)
    }

    private var now: Int64 {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// The next event that the command has to run for; nil if something else has to be handled first.
    private mutating func next(_ feed: inout EventFeed) -> StreamEvent? {
        let deadline = queue.nextDeadline.map { start + .milliseconds($0) }
        guard !queue.isStopping else {
            idle(until: deadline)
            return nil
        }
        do {
            let update = try feed.next(before: deadline, interruption: .readable(signals.descriptor))
            return update.flatMap { selection.event(of: $0) }
        } catch {
            failure = error
            handle(.stop)
            return nil
        }
    }

    /// Waits for a signal or the deadline. No events are read after `stop`.
    private func idle(until deadline: ContinuousClock.Instant?) {
        var entry = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
        let pause = deadline.map { max(0, min(1000, Int32(($0 - .now) / .milliseconds(1)) + 1)) }
        _ = poll(&entry, 1, pause ?? 1000)
    }

    private mutating func handle(_ input: HookQueue.Input) {
        var steps = queue.handle(input, at: now)
        while !steps.isEmpty {
            switch steps.removeFirst() {
            case .start(let run, let event): steps += launch(run, event)
            case .terminate(let run): end(run, SIGTERM)
            case .kill(let run): end(run, SIGKILL)
            case .report(let line): Console.error(line)
            }
        }
    }

    private mutating func launch(_ run: HookQueue.RunID, _ event: StreamEvent) -> [HookQueue.Step] {
        guard let input = Descriptors.memory(event.line + [0x0A]) else {
            return queue.handle(.ended(run, .notStarted("no memory for its input")), at: now)
        }
        defer { try? input.close() }
        do throws(Spawn.Failure) {
            let variables = Self.variables(event, socket: socket)
            children[run] = try Spawn(command: command, environment: variables, input: input).start()
            return []
        } catch {
            return queue.handle(.ended(run, .notStarted(error.reason)), at: now)
        }
    }

    private mutating func end(_ run: HookQueue.RunID, _ signal: Int32) {
        guard let child = children[run] else { return }
        ended.insert(run)
        kill(-child.id, signal)
    }

    /// Reports commands that have ended.
    private mutating func collect() {
        for (run, child) in children {
            guard let ending = child.ending else { continue }
            if ended.remove(run) != nil { kill(-child.id, SIGKILL) }
            child.release()
            children[run] = nil
            handle(.ended(run, ending))
        }
    }

    /// The changes to a command's environment: the event's main members, and the daemon's socket, which makes a
    /// `partyline` inside the hook use the same daemon. Nil removes a variable that an outer hook has set.
    static func variables(_ event: StreamEvent, socket: String) -> [String: String?] {
        [
            "PARTYLINE_SOCKET": socket, "PARTYLINE_EVENT": event.name, "PARTYLINE_CLOCK": event.clock,
            "PARTYLINE_CONTACT_ID": event.contactId, "PARTYLINE_TIME": event.time, "PARTYLINE_FROM": event.from,
            "PARTYLINE_BY": event.by?.program, "PARTYLINE_EXISTING": event.isExisting ? "true" : nil,
        ]
    }
}
