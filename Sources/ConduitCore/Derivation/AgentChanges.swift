// SPDX-License-Identifier: Apache-2.0
import AgentModel

/// Derives the agent events between two snapshots. `Derivation` handles the contacts.
///
/// As in Streams, the first agent is compared with a state of the name `Init` and the type `init`. It therefore produces a
/// state change from `Init` and, depending on its type, a routing event. An agent without a state counts as `Init` too.
enum AgentChanges {
    /// The values that are compared.
    private struct Fields {
        let type: AgentStateType
        let name: String
        /// nil also for a next state without a name: no event could describe it.
        let nextName: String?

        init(_ agent: AgentData?) {
            let state = agent?.snapshot.state
            type = state?.type ?? .initial
            name = state?.name ?? "Init"
            nextName = agent?.snapshot.nextState?.name
        }
    }

    static func events(from old: AgentData?, to new: AgentData) -> [DerivedEvent] {
        let before = Fields(old)
        let after = Fields(new)
        let presence = presence(new)
        let names = (old == nil ? [.agentInit] : []) + [.agentRefresh] + names(before, after)
        return names.map { name in
            let change: [(name: String, value: JSON)] =
                name == .agentStateChange
                ? [("oldState", .string(before.name)), ("newState", .string(after.name))] : []
            let data = JSONObject(distinct: change + [("agent", presence)])
            return DerivedEvent(name: name.rawValue, contactId: nil, data: .object(data))
        }
    }

    private static func names(_ before: Fields, _ after: Fields) -> [DerivedName] {
        var names: [DerivedName] = []
        if after.type != before.type, let routing = routing[after.type] { names.append(routing) }
        if after.name != before.name {
            names.append(.agentStateChange)
            if AgentErrorState(rawValue: after.name).meaning != nil { names.append(.agentError) }
            if after.name == "AfterCallWork" { names.append(.agentACW) }
        }
        if after.nextName != before.nextName {
            names.append(after.nextName == nil ? .agentClearedNextState : .agentEnqueuedNextState)
        }
        return names
    }

    /// Contains the name, states and the clock's skew only: clients with the role `presence` receive these events unchanged.
    private static func presence(_ agent: AgentData) -> JSON {
        var object = JSONObject(distinct: [
            ("name", agent.configuration.json["name"] ?? .null), ("state", agent.snapshot.json["state"] ?? .null),
            ("nextState", agent.snapshot.json["nextState"] ?? .null),
        ])
        // A duration counts on the service's clock.
        object["skew"] = agent.skew
        return .object(object)
    }

    private static let routing: [AgentStateType: DerivedName] = [
        .routable: .agentRoutable, .notRoutable: .agentNotRoutable, .offline: .agentOffline,
    ]
}
