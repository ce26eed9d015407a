// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

extension Player {
    /// Checks what ports receive.
    func observe(_ step: Step) throws {
        switch step.keyword {
        case .expect: for (name, port) in try named(step) { try expect(step, name, port) }
        case .find: for (name, port) in try named(step) { try find(step, name, port) }
        case .closed:
            for (name, port) in try named(step) where try !port.waitForEnd(before: deadline(step)) {
                throw SceneFailure("\(name) is still connected")
            }
        case .ended: try ended(step)
        case .order: for (name, port) in try named(step) { try order(step, name, port) }
        default: break
        }
    }

    private func expect(_ step: Step, _ name: String, _ port: ScenePort) throws {
        let event = step.argument["event"]?.string ?? ""
        guard let message = try port.next(event, before: deadline(step)) else {
            throw SceneFailure("\(name) got no \(event)")
        }
        if let difference = difference(step, message) { throw SceneFailure("\(name): \(event)\(difference)") }
        mark(step, message.clock)
    }

    /// The first difference between a message and the step's pattern, in its data or in a subscriber's members.
    private func difference(_ step: Step, _ message: ServerMessage) -> String? {
        let parts: [(name: String, value: JSON?)] = [
            ("data", message.data), ("clock", message.clock.map { .string($0) }),
            ("time", message.time.map { .string($0) }), ("from", message.from.map { .string($0) }),
        ]
        return parts.lazy.compactMap { name, value in
            guard let difference = step.argument[name].flatMap({ self.pattern($0).difference(from: value) }) else {
                return nil
            }
            return name == "data" ? difference : ", its \(name): \(difference)"
        }.first
    }

    /// Stores a clock under the step's `mark`, if any.
    func mark(_ step: Step, _ clock: String?) {
        guard let name = step.argument["mark"]?.string else { return }
        clocks[name] = clock
    }

    /// Like `expect`, but skips messages that do not match.
    private func find(_ step: Step, _ name: String, _ port: ScenePort) throws {
        let event = step.argument["event"]?.string ?? ""
        let deadline = deadline(step)
        var last = "none came"
        while let message = try port.next(event, before: deadline) {
            guard let difference = difference(step, message) else { return mark(step, message.clock) }
            last = difference
        }
        throw SceneFailure("\(name) got no such \(event); the last one: \(last)")
    }

    /// Checks that these events have arrived in this order, and no others of these names.
    private func order(_ step: Step, _ name: String, _ port: ScenePort) throws {
        try port.catchUp()
        let wanted = (step.argument["events"]?.array ?? []).compactMap(\.string)
        let seen = port.received.map(\.event).filter(wanted.contains)
        guard seen != wanted else { return }
        throw SceneFailure("\(name): expected \(wanted), got \(seen)")
    }

    /// Waits for the daemon's exit with that status.
    private func ended(_ step: Step) throws {
        mayEnd = true
        guard let status = daemon.exitStatus(before: deadline(step)) else {
            throw SceneFailure("the daemon still runs")
        }
        try check(step.argument, .int(Int(status)), "the exit status: ")
    }

    // MARK: At the scene's end

    /// Checks a condition on the whole scene.
    func review(_ step: Step) throws {
        switch step.keyword {
        case .never: for (name, port) in try named(step) { try never(step, name, port) }
        case .count: for (name, port) in try named(step) { try count(step, name, port) }
        case .total: try total(step)
        case .frames: try frames(step)
        default: break
        }
    }

    private func never(_ step: Step, _ name: String, _ port: ScenePort) throws {
        let event = step.argument["event"]?.string ?? ""
        let wrong = port.received.first { message in
            let data = step.argument["data"]
            return message.event == event && (data.map { pattern($0).difference(from: message.data) == nil } ?? true)
        }
        if let wrong { throw SceneFailure("\(name) got \(wrong.text)") }
    }

    private func count(_ step: Step, _ name: String, _ port: ScenePort) throws {
        let event = step.argument["event"]?.string ?? ""
        try compare(port.received.count { $0.event == event }, step, "\(name): \(event)")
    }

    func compare(_ count: Int, _ step: Step, _ what: String) throws {
        if let exact = step.argument["is"]?.int, count != exact {
            throw SceneFailure("\(what): \(exact) expected, \(count) seen")
        }
        if let most = step.argument["atMost"]?.int, count > most {
            throw SceneFailure("\(what): at most \(most) expected, \(count) seen")
        }
    }
}
