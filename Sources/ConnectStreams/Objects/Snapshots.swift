// SPDX-License-Identifier: Apache-2.0
public import AgentModel
import StreamsProtocol

/// The agent's data at one moment (Streams' AgentSnapshot). Durations run from the beginning of the state
/// in it until now.
@dynamicMemberLookup
public struct AgentSnapshot: Equatable, Sendable {
    public let data: AgentData

    /// The members of the configuration: `name`, `agentStates`, `permissions`, `isSoftphoneEnabled`….
    public subscript<Value>(dynamicMember path: KeyPath<AgentConfiguration, Value>) -> Value {
        data.configuration[keyPath: path]
    }

    /// The present state. It may be one of the system (`Busy`, `AfterCallWork`); the chosen one is ``availabilityState``.
    public var state: AgentState? { data.snapshot.state }

    /// The state after the present contact.
    public var nextState: AgentState? { data.snapshot.nextState }

    /// The name of the state that the agent has chosen.
    public var availabilityState: String? { data.snapshot.availabilityState }

    /// Since when the agent has wanted it (RFC 3339).
    public var availabilityStateTimestamp: String? { data.snapshot.availabilityStateTimestamp }

    /// How long the state has lasted, on the service's clock; nil without a state.
    public var stateDuration: Duration? { skew.duration(since: state?.startTimestamp) }

    /// The contacts of one type, or all.
    public func contacts(_ type: ContactType? = nil) -> [ContactSnapshot] {
        data.snapshot.contacts.filter { type == nil || $0.type == type }.map { ContactSnapshot(data: $0, agent: data) }
    }

    public var configuration: AgentConfiguration { data.configuration }

    var skew: Skew { Skew(data) }
}

/// A contact's data at one moment (Streams' ContactSnapshot).
@dynamicMemberLookup
public struct ContactSnapshot: Equatable, Sendable {
    public let data: ContactData
    let agent: AgentData

    /// What the data say, or what Streams derives from them: `isInbound`, `isSoftphoneCall`, `subtype`….
    public subscript<Value>(dynamicMember path: KeyPath<ContactData, Value>) -> Value { data[keyPath: path] }

    public var contactId: String { data.contactId ?? "" }

    /// How long the state has lasted, on the service's clock.
    public var stateDuration: Duration? { Skew(agent).duration(since: data.stateTimestamp) }

    /// How long the contact has lasted, as the service tells it.
    public var contactDuration: Duration? {
        (data.json["contactDuration"]?.string.flatMap { Int($0) } ?? data.json["contactDuration"]?.int).map {
            .milliseconds($0)
        }
    }

    public var connections: [ConnectionSnapshot] {
        data.connections.map { ConnectionSnapshot(data: $0, contact: data, agent: agent) }
    }
}

/// The data of one leg at one moment (Streams' ConnectionSnapshot).
@dynamicMemberLookup
public struct ConnectionSnapshot: Equatable, Sendable {
    public let data: ConnectionData
    /// The contact that it is a leg of.
    public let contact: ContactData
    let agent: AgentData

    /// What the data say, or what Streams derives from them: `isActive`, `isOnHold`, `isMute`, `canSendVideo`….
    public subscript<Value>(dynamicMember path: KeyPath<ConnectionData, Value>) -> Value { data[keyPath: path] }

    public var connectionId: String { data.connectionId ?? "" }

    public var stateDuration: Duration? { Skew(agent).duration(since: data.stateTimestamp) }

    public var endpoint: Endpoint? { data.endpoint.map(Endpoint.init) }

    /// The participant's name in a chat: this agent's on the agent's leg, else the customer's or the other agent's.
    public var participantName: String? {
        if data.isAgentSide { return agent.configuration.name }
        return data.chatMediaInfo?[data.isInitial ? "customerName" : "agentName"]?.string
    }
}

/// How far the service's clock is ahead of this machine's.
package struct Skew {
    private let milliseconds: Double

    package init(_ agent: AgentData) { milliseconds = agent.snapshot.json["skew"]?.double ?? 0 }

    /// The time from that instant (RFC 3339) of the service's clock until now; nil if it is none. It may be negative.
    package func duration(since instant: String?, now: Int64 = WallClock.milliseconds) -> Duration? {
        instant.flatMap(Timestamp.milliseconds).map { .milliseconds(Double(now - $0) + milliseconds) }
    }
}
