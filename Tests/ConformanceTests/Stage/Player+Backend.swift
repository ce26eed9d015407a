// SPDX-License-Identifier: Apache-2.0
import AgentModel
import Glibc
import StreamsProtocol

extension Player {
    /// Checks what the backend received.
    func observeBackend(_ step: Step) throws { step.keyword == .saw ? try saw(step) : try frame(step) }

    /// Waits for the request of that number, counted from 1, and checks it.
    private func saw(_ step: Step) throws {
        let operation = step.argument["operation"]?.string ?? ""
        let number = step.argument["count"]?.int ?? 1
        let seen = try wait(for: number, before: deadline(step), "requests of \(operation)") { core in
            core.requests.filter { $0.operation == operation }
        }
        for member in step.argument.object?.members ?? [] where !["operation", "count", "within"].contains(member.name)
        {
            try check(member.value, seen[member.name], "\(operation) \(number): \(member.name)")
        }
    }

    private func frame(_ step: Step) throws {
        let topic = step.argument["topic"] ?? .null
        let number = step.argument["count"]?.int ?? 1
        let seen = try wait(for: number, before: deadline(step), "frames of \(topic.text)") { core in
            core.sockets.frames.filter { $0.frame["topic"] == topic }
        }
        try check(step.argument["is"], seen.frame, "frame \(number) of \(topic.text): ")
        try check(step.argument["socket"], .int(seen.socket), "the socket of frame \(number) of \(topic.text): ")
    }

    private func wait<Seen: Sendable>(
        for number: Int, before deadline: ContinuousClock.Instant, _ what: String,
        _ list: @escaping @Sendable (BackendCore) -> [Seen]
    ) throws -> Seen {
        while true {
            let seen = try backend.ask(list)
            if seen.count >= number { return seen[number - 1] }
            guard ContinuousClock.now < deadline else {
                throw SceneFailure("\(number) \(what) expected, \(seen.count) seen")
            }
            usleep(5000)
        }
    }

    func total(_ step: Step) throws {
        let operation = step.argument["operation"]?.string ?? ""
        let count = try backend.ask { core in core.requests.count { $0.operation == operation } }
        try compare(count, step, "requests of \(operation)")
    }

    func frames(_ step: Step) throws {
        let topic = step.argument["topic"] ?? .null
        let count = try backend.ask { core in core.sockets.frames.count { $0.frame["topic"] == topic } }
        try compare(count, step, "frames of \(topic.text)")
    }
}
