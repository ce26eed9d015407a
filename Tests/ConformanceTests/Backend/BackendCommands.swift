// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension BackendCore {
    /// Carries out a scene's `backend` step, which has one or more commands.
    func apply(_ commands: JSON) throws {
        for member in commands.object?.members ?? [] { try apply(member.name, member.value) }
    }

    private func apply(_ command: String, _ value: JSON) throws {
        switch command {
        case "snapshot":
            change(&agent.snapshot, value)
            touch()
        case "touch": touch()
        case "configuration": change(&agent.configuration, value)
        case "lists": for list in value.object?.members ?? [] { agent.lists[list.name] = list.value.array ?? [] }
        case "paging": for entry in value.object?.members ?? [] { paging[entry.name] = entry.value.int }
        case "fail": for failure in value.array ?? [value] { failures.append(try Failure(failure)) }
        case "heal": failures.removeAll { value == true || $0.operation == value.string }
        case "answer": answers[value["operation"]?.string ?? ""] = value["body"]
        case "accept": accepted = value.array?.compactMap(\.string)
        case "region": region = value
        default: try sockets.apply(command, value)
        }
    }

    /// Sets members. `<absent>` removes one.
    private func change(_ object: inout JSONObject, _ changes: JSON) {
        for member in changes.object?.members ?? [] {
            object[member.name] = member.value == "<absent>" ? nil : member.value
        }
    }
}
