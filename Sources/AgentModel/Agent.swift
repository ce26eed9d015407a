/// The agent as Streams shows it: the latest snapshot and the configuration, as one value.
///
/// All these types are views on the JSON that the service sent. What they do not name is still there, in `json`.
public struct Agent: Equatable, Sendable {
    /// Who and where the agent is now, and the contacts.
    public var snapshot: AgentSnapshot
    /// What the agent may do: name, states, queues, permissions.
    public var configuration: AgentConfiguration

    public init(snapshot: AgentSnapshot, configuration: AgentConfiguration) {
        self.snapshot = snapshot
        self.configuration = configuration
    }

    /// The data of an `agent::update`; nil if it has no snapshot.
    public init?(json: JSON) {
        guard let snapshot = json["snapshot"]?.object else { return nil }
        self.snapshot = AgentSnapshot(json: snapshot)
        configuration = AgentConfiguration(json: json["configuration"]?.object ?? JSONObject())
    }

    /// `{snapshot, configuration}`, the data of an `agent::update`.
    public var json: JSON { ["snapshot": .object(snapshot.json), "configuration": .object(configuration.json)] }
}

/// One answer of getAgentSnapshot, instants as RFC 3339 text.
public struct AgentSnapshot: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    public var state: AgentState? { AgentState(json["state"]) }
    /// The state that waits for the contact to end, if one was enqueued.
    public var nextState: AgentState? { AgentState(json["nextState"]) }
    /// The contacts, earliest state first.
    public var contacts: [Contact] { (json["contacts"]?.array ?? []).compactMap { $0.object.map(Contact.init(json:)) } }
    /// When the service took the snapshot, RFC 3339.
    public var snapshotTimestamp: String? { json["snapshotTimestamp"]?.string }
}

/// A state of an agent: one that can be set, or the one that holds.
public struct AgentState: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    init?(_ value: JSON?) {
        guard let object = value?.object else { return nil }
        json = object
    }

    /// The name, as people know it: `Available`, `Lunch`, `AfterCallWork`.
    public var name: String? { json["name"]?.string }
    public var type: AgentStateType? { AgentStateType(json["type"]) }
    /// The ARN of a state that can be set.
    public var agentStateARN: String? { json["agentStateARN"]?.string }
    /// Since when, RFC 3339.
    public var startTimestamp: String? { json["startTimestamp"]?.string }
}

/// The agent's configuration, with the four lists that complete it.
public struct AgentConfiguration: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    /// The agent's name as shown to people.
    public var name: String? { json["name"]?.string }
    public var username: String? { json["username"]?.string }
    /// The states that the agent may set.
    public var agentStates: [AgentState] { (json["agentStates"]?.array ?? []).compactMap { AgentState($0) } }
    /// Countries that may be dialled, two letters each.
    public var dialableCountries: [String] { strings("dialableCountries") }
    /// What the agent may do, as permission names.
    public var permissions: [String] { strings("permissions") }
    /// The routing profile: name, ARN, queues, concurrency.
    public var routingProfile: JSONObject? { json["routingProfile"]?.object }
    /// The routing profile's ARN, under which the instance and the account can be read.
    public var routingProfileARN: String? { routingProfile?["routingProfileARN"]?.string }

    private func strings(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
}
