// SPDX-License-Identifier: Apache-2.0

/// The agent in the form of Streams: the latest snapshot and the configuration.
///
/// The types of this module are views on the JSON that the service sent; `json` includes members without a property.
public struct AgentData: Equatable, Sendable {
    /// The current state and the contacts.
    public var snapshot: SnapshotData
    /// Name, states, queues and permissions.
    public var configuration: AgentConfiguration

    public init(snapshot: SnapshotData, configuration: AgentConfiguration) {
        self.snapshot = snapshot
        self.configuration = configuration
    }

    /// Creates an agent from the data of an `agent::update`; nil if it contains no snapshot.
    public init?(json: JSON) {
        guard let snapshot = json["snapshot"]?.object else { return nil }
        self.snapshot = SnapshotData(json: snapshot)
        configuration = AgentConfiguration(json: json["configuration"]?.object ?? JSONObject())
    }

    /// `{snapshot, configuration}`, the data of an `agent::update`.
    public var json: JSON { ["snapshot": .object(snapshot.json), "configuration": .object(configuration.json)] }
}

/// The answer to getAgentSnapshot, with RFC 3339 timestamps.
public struct SnapshotData: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    public var state: AgentState? { AgentState(json["state"]) }
    /// The enqueued state, which the agent will have after the contact.
    public var nextState: AgentState? { AgentState(json["nextState"]) }
    /// The name of the state that the agent has chosen, whatever contacts have made of it since.
    public var availabilityState: String? { json["agentAvailabilityState"]?["state"]?.string }
    /// Since when the agent has wanted it (RFC 3339). The service writes `timeStamp`, Streams' documents `timestamp`.
    public var availabilityStateTimestamp: String? {
        let state = json["agentAvailabilityState"]
        return (state?["timeStamp"] ?? state?["timestamp"])?.string
    }
    /// The contacts, earliest state first.
    public var contacts: [ContactData] {
        (json["contacts"]?.array ?? []).compactMap { $0.object.map(ContactData.init(json:)) }
    }
    /// When the service took the snapshot, in RFC 3339.
    public var snapshotTimestamp: String? { json["snapshotTimestamp"]?.string }
}

/// A state of an agent: the current one, or one that the agent can choose.
public struct AgentState: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    init?(_ value: JSON?) {
        guard let object = value?.object else { return nil }
        json = object
    }

    /// The display name: `Available`, `Lunch`, `AfterCallWork`.
    public var name: String? { json["name"]?.string }
    public var type: AgentStateType? { AgentStateType(json["type"]) }
    /// nil for states that the agent cannot choose.
    public var agentStateARN: String? { json["agentStateARN"]?.string }
    /// When the state began, in RFC 3339.
    public var startTimestamp: String? { json["startTimestamp"]?.string }
}

/// The agent's configuration, including the four lists that the service returns separately.
public struct AgentConfiguration: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    /// The agent's display name.
    public var name: String? { json["name"]?.string }
    public var username: String? { json["username"]?.string }
    /// The states that the agent can choose.
    public var agentStates: [AgentState] { (json["agentStates"]?.array ?? []).compactMap { AgentState($0) } }
    /// Two-letter codes of the countries that the agent may call.
    public var dialableCountries: [String] { strings("dialableCountries") }
    /// The names of the agent's permissions.
    public var permissions: [String] { strings("permissions") }
    public var routingProfile: RoutingProfile? { json["routingProfile"]?.object.map(RoutingProfile.init(json:)) }

    private func strings(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
}
