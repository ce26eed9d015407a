import AgentModel

/// What happened to the agent between two snapshots; the contacts are the business of `Derivation`.
///
/// As in Streams the first agent is compared with one whose state is named `Init`, of the type `init`. So it is told to
/// have become routable or not, and to have changed from `Init`. An agent without a state counts as that one too.
enum AgentChanges {
    /// What is looked at, read once.
    private struct Face {
        let type: AgentStateType
        let name: String
        /// A next state without a name is none: there is nothing that could be told of it.
        let nextName: String?

        init(_ agent: Agent?) {
            let state = agent?.snapshot.state
            type = state?.type ?? .initial
            name = state?.name ?? "Init"
            nextName = agent?.snapshot.nextState?.name
        }
    }

    static func events(from old: Agent?, to new: Agent) -> [DerivedEvent] {
        let before = Face(old)
        let after = Face(new)
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

    private static func names(_ before: Face, _ after: Face) -> [DerivedName] {
        var names: [DerivedName] = []
        if after.type != before.type, let routing = routing[after.type] { names.append(routing) }
        if after.name != before.name {
            names.append(.agentStateChange)
            if errorStates.contains(after.name) { names.append(.agentError) }
            if after.name == "AfterCallWork" { names.append(.agentACW) }
        }
        if after.nextName != before.nextName {
            names.append(after.nextName == nil ? .agentClearedNextState : .agentEnqueuedNextState)
        }
        return names
    }

    /// Name and states only, so that the role `presence` may see these events as they stand.
    private static func presence(_ agent: Agent) -> JSON {
        [
            "name": agent.configuration.json["name"] ?? .null, "state": agent.snapshot.json["state"] ?? .null,
            "nextState": agent.snapshot.json["nextState"] ?? .null,
        ]
    }

    private static let routing: [AgentStateType: DerivedName] = [
        .routable: .agentRoutable, .notRoutable: .agentNotRoutable, .offline: .agentOffline,
    ]

    /// Streams' AgentErrorStates.
    private static let errorStates: Set<String> = [
        "Error", "AgentHungUp", "BadAddressAgent", "BadAddressCustomer", "Default", "FailedConnectAgent",
        "FailedConnectCustomer", "InvalidLocale", "LineEngagedAgent", "LineEngagedCustomer", "MissedCallAgent",
        "MissedCallCustomer", "MultipleCcpWindows", "RealtimeCommunicationError",
    ]
}
