// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import Testing

@testable import partyline

@Suite("Scheduling of hook commands")
struct HookQueueTests {
    private func queue(_ jobs: Int = 8, backlog: Int = 1000) -> HookQueue {
        HookQueue(.init(jobs: jobs, backlog: backlog, timeout: 30_000, grace: 5000, stopTimeout: 3000))
    }

    /// Short texts for steps
    private func texts(_ steps: [HookQueue.Step]) -> [String] {
        steps.map { step in
            switch step {
            case .start(let run, let event): "start \(run) \(event.clock)"
            case .terminate(let run): "terminate \(run)"
            case .kill(let run): "kill \(run)"
            case .report(let line): line
            }
        }
    }

    private func feed(_ queue: inout HookQueue, _ contact: String, _ clock: Int, at now: Int64 = 0) throws -> [String] {
        texts(queue.handle(.event(try Lines.contact("connected", contact, clock: "e:\(clock)")), at: now))
    }

    @Test("events of one contact → one after another; several contacts → in parallel")
    func serial() throws {
        var queue = queue()
        #expect(try feed(&queue, "a", 1) == ["start 1 e:1"])
        #expect(try feed(&queue, "a", 2).isEmpty)
        #expect(try feed(&queue, "b", 3) == ["start 2 e:3"])
        #expect(try feed(&queue, "a", 4).isEmpty)
        #expect(texts(queue.handle(.ended(1, .exited(0)), at: 5)) == ["start 3 e:2"])
        #expect(texts(queue.handle(.ended(2, .exited(0)), at: 5)).isEmpty)
        #expect(texts(queue.handle(.ended(3, .exited(0)), at: 5)) == ["start 4 e:4"])
    }

    @Test("keys: one for the agent, one per contact, one per other name")
    func keys() throws {
        #expect(HookKey(try Lines.event("agent::acw", [:])) == HookKey(try Lines.event("agent::routable", [:])))
        #expect(HookKey(try Lines.event("crm::a", [:])) != HookKey(try Lines.event("crm::b", [:])))
        #expect(HookKey(try Lines.contact("ended", "1")) == HookKey(try Lines.contact("init", "1")))
        #expect(HookKey(try Lines.event("agent", [:])) != HookKey(try Lines.event("agent::acw", [:])))
    }

    @Test("more events than jobs → the contacts take turns")
    func jobs() throws {
        var queue = queue(1)
        _ = try feed(&queue, "a", 1)
        for clock in 2...4 { #expect(try feed(&queue, "a", clock).isEmpty) }
        #expect(try feed(&queue, "b", 5).isEmpty)
        var started: [String] = []
        for run in 1...5 { started += texts(queue.handle(.ended(UInt64(run), .exited(0)), at: 1)) }
        // b came last, but does not wait for all events of a.
        #expect(started == ["start 2 e:5", "start 3 e:2", "start 4 e:3", "start 5 e:4"])
    }

    @Test("a command beyond its timeout → SIGTERM, then SIGKILL, without delaying others")
    func timeout() throws {
        var queue = queue()
        _ = try feed(&queue, "a", 1, at: 100)
        _ = try feed(&queue, "a", 2, at: 100)
        #expect(try feed(&queue, "b", 3, at: 20_000) == ["start 2 e:3"])
        #expect(queue.nextDeadline == 30_100)
        #expect(queue.handle(.tick, at: 30_099).isEmpty)
        #expect(
            texts(queue.handle(.tick, at: 30_100)) == [
                "partyline: the hook for contact::connected of a (clock e:1) took longer than 30 s: sent SIGTERM",
                "terminate 1",
            ])
        #expect(queue.nextDeadline == 35_100)
        #expect(
            texts(queue.handle(.tick, at: 35_100)) == [
                "partyline: the hook for contact::connected of a (clock e:1) did not end after SIGTERM: sent SIGKILL",
                "kill 1",
            ])
        #expect(queue.nextDeadline == 50_000)
        // The reason was already reported.
        #expect(texts(queue.handle(.ended(1, .signalled(9)), at: 35_200)) == ["start 3 e:2"])
    }

    @Test(
        "a failed command → one line",
        arguments: [
            (Child.Ending.exited(0), [String]()),
            (.exited(3), ["partyline: the hook for contact::connected of a (clock e:1) ended with status 3"]),
            (.signalled(11), ["partyline: the hook for contact::connected of a (clock e:1) was ended by signal 11"]),
            (
                .notStarted("No such file"),
                ["partyline: the hook for contact::connected of a (clock e:1) could not be started: No such file"]
            ),
        ])
    func failures(outcome: Child.Ending, expected: [String]) throws {
        var queue = queue()
        _ = try feed(&queue, "a", 1)
        #expect(texts(queue.handle(.ended(1, outcome), at: 1)) == expected)
    }

    @Test("a full queue → the contact's oldest event is dropped and reported")
    func bound() throws {
        var queue = queue(backlog: 2)
        for clock in 1...3 { _ = try feed(&queue, "a", clock) }
        let dropped = try feed(&queue, "a", 4)
        #expect(dropped.count == 1)
        #expect(dropped[0].hasPrefix("partyline: contact::connected of a (clock e:2) was skipped"))
        // Another contact has its own queue.
        #expect(try feed(&queue, "b", 5) == ["start 2 e:5"])
        #expect(texts(queue.handle(.ended(1, .exited(0)), at: 1)) == ["start 3 e:3"])
    }

    @Test("more bytes than the limit for all queues → the longest queue drops its oldest event")
    func bytes() throws {
        let size = try Lines.contact("connected", "a", clock: "e:1").line.count
        var backlog = HookBacklog(perKey: 100, bytes: size * 3)
        for (contact, clock) in [("a", 1), ("a", 2), ("b", 3)] {
            #expect(backlog.append(try Lines.contact("connected", contact, clock: "e:\(clock)")).isEmpty)
        }
        let dropped = backlog.append(try Lines.contact("connected", "c", clock: "e:4"))
        #expect(dropped.map(\.clock) == ["e:1"])
        #expect(backlog.count == 3)
        let order = (0..<3).compactMap { _ in backlog.next()?.1.clock }
        #expect(order == ["e:2", "e:3", "e:4"])
        #expect(backlog.next() == nil)
        #expect(backlog.count == 0)
    }

    @Test("stop → nothing new starts, running commands get 3 s, waiting events are reported")
    func stop() throws {
        var queue = queue()
        _ = try feed(&queue, "a", 1)
        _ = try feed(&queue, "a", 2)
        _ = try feed(&queue, "b", 3)
        #expect(
            texts(queue.handle(.stop, at: 1000))
                == [
                    "partyline: 1 waiting events were not handled; "
                        + "the first was contact::connected of a (clock e:2)"
                ])
        #expect(try feed(&queue, "c", 4, at: 1001).isEmpty)
        #expect(texts(queue.handle(.ended(2, .exited(0)), at: 1500)).isEmpty)
        #expect(!queue.isFinished)
        #expect(queue.nextDeadline == 4000)
        #expect(texts(queue.handle(.tick, at: 4000)).last == "terminate 1")
        #expect(queue.nextDeadline == 9000)
        // A second stop kills.
        #expect(texts(queue.handle(.stop, at: 4100)) == ["kill 1"])
        #expect(texts(queue.handle(.ended(1, .signalled(9)), at: 4200)).isEmpty)
        #expect(queue.isFinished)
    }

    @Test("commands end in any order → every event runs once, in its contact's order")
    func everything() throws {
        var generator = Generator(state: 7)
        var queue = queue(3)
        var running: [UInt64] = []
        var started: [String: [Int]] = [:]
        var waiting = Array(1...400)
        while !waiting.isEmpty || !running.isEmpty {
            let steps: [HookQueue.Step]
            if let clock = waiting.first, generator.next() % 3 != 0 || running.isEmpty {
                waiting.removeFirst()
                let event = try Lines.contact("refresh", "\(clock % 7)", clock: "\(clock)")
                steps = queue.handle(.event(event), at: 0)
            } else {
                let run = running.remove(at: Int(generator.next() % UInt64(running.count)))
                steps = queue.handle(.ended(run, .exited(0)), at: 0)
            }
            for case .start(let run, let event) in steps {
                running.append(run)
                started[event.contactId ?? "", default: []].append(Int(event.clock) ?? 0)
            }
            #expect(running.count <= 3)
        }
        #expect(started.values.reduce(0) { $0 + $1.count } == 400)
        #expect(started.values.allSatisfy { $0 == $0.sorted() })
    }

    /// A generator with a fixed seed.
    private struct Generator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
    }
}
