// SPDX-License-Identifier: Apache-2.0
import AgentModel
import ConnectStreams
import StreamsProtocol

/// The present state of agent and seat as events, for `wait --or-now`: those that hold now if they are taken as statements.
/// The daemon itself sends such events for the contacts.
enum PresentState {
    /// - Parameter clock: the position of the snapshot.
    static func events(snapshot: JSON?, seat: JSON?, clock: String?) -> [StreamEvent] {
        let agent = snapshot.flatMap { AgentData(json: $0) }.map(lines) ?? []
        return (agent + lines(of: seat)).compactMap { line in
            guard let message = try? ServerMessage(line: JSON.object(line).encoded) else { return nil }
            return StreamEvent(message, at: clock)
        }
    }

    private static func lines(of agent: AgentData) -> [JSONObject] {
        var part = JSONObject([
            ("name", agent.configuration.json["name"] ?? .null), ("state", agent.snapshot.json["state"] ?? .null),
            ("nextState", agent.snapshot.json["nextState"] ?? .null),
        ])
        part["skew"] = agent.snapshot.json["skew"]
        return names(of: agent).map { name in
            var data = JSONObject()
            // The former state is not known.
            if name == "agent::state_change" { data["newState"] = agent.snapshot.state?.name.map { .string($0) } }
            data["agent"] = .object(part)
            return line(name, .object(data))
        }
    }

    /// The events that lead to the present state, however long ago. `agent::refresh` and `agent::update` are none: they tell
    /// that something has arrived.
    private static func names(of agent: AgentData) -> [String] {
        var names = ["agent::init"]
        let state = agent.snapshot.state
        if let name = state?.type.flatMap({ Self.routing[$0] }) { names.append(name) }
        if state?.name != nil { names.append("agent::state_change") }
        if state?.type == .error { names.append("agent::error") }
        if state?.name == "AfterCallWork" { names.append("agent::acw") }
        let isEnqueued = agent.snapshot.nextState?.name != nil
        return names + [isEnqueued ? "agent::enqueued_next_state" : "agent::cleared_next_state"]
    }

    private static let routing: [AgentStateType: String] = [
        .routable: "agent::routable", .notRoutable: "agent::not_routable", .offline: "agent::offline",
    ]

    private static func lines(of seat: JSON?) -> [JSONObject] {
        (seat?.object?.members ?? []).compactMap { member in
            guard let name = member.value["event"]?.string else { return nil }
            var line = line(name, member.value["data"] ?? .null)
            for name in ["time", "by", "stale"] { line[name] = member.value[name] }
            return line
        }
    }

    private static func line(_ name: String, _ data: JSON) -> JSONObject {
        JSONObject([("event", .string(name)), ("data", data), ("existing", true)])
    }
}
