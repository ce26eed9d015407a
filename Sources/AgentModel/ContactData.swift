// SPDX-License-Identifier: Apache-2.0

/// A contact of the agent: a call, a chat, a task or an e-mail.
public struct ContactData: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    public var contactId: String? { json["contactId"]?.string }
    public var type: ContactType? { ContactType(json["type"]) }
    public var stateType: ContactStateType? { ContactStateType(json["state"]?["type"]) }
    public var connections: [ConnectionData] {
        (json["connections"]?.array ?? []).compactMap { $0.object.map(ConnectionData.init(json:)) }
    }
    /// The agent's own leg. In a contact of another agent that this one monitors it is the leg with `monitoringInfo`; else, by
    /// Streams' rule, the first of the type agent or monitoring.
    public var agentConnection: ConnectionData? {
        let legs = connections
        return legs.first { $0.monitorInfo != nil } ?? legs.first(where: \.isAgentSide)
    }
    /// The leg that the contact began with, usually the customer's.
    public var initialConnection: ConnectionData? { connections.first { $0.isInitial } }
    /// Values by name.
    public var attributes: [String: String] {
        var result: [String: String] = [:]
        for member in json["attributes"]?.object?.members ?? [] { result[member.name] = member.value["value"]?.string }
        return result
    }
}

/// One leg of a contact.
public struct ConnectionData: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    public var connectionId: String? { json["connectionId"]?.string }
    public var type: ConnectionType? { ConnectionType(json["type"]) }
    public var stateType: ConnectionStateType? { ConnectionStateType(json["state"]?["type"]) }
    /// True for the leg that the contact began with.
    public var isInitial: Bool { json["initial"]?.bool ?? false }
    /// The address at the other end of the leg.
    public var endpoint: EndpointData? { json["endpoint"]?.object.map(EndpointData.init(json:)) }
}

/// An address: a telephone number, an agent or a queue.
public struct EndpointData: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    /// For telephone numbers, in E.164.
    public var phoneNumber: String? { json["phoneNumber"]?.string }
    /// For quick connects.
    public var name: String? { json["name"]?.string }
}
