/// A contact of the agent: a call, a chat, a task, an e-mail.
public struct Contact: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    public var contactId: String? { json["contactId"]?.string }
    public var type: ContactType? { ContactType(json["type"]) }
    /// Where it stands.
    public var stateType: ContactStateType? { ContactStateType(json["state"]?["type"]) }
    /// The queue it came through.
    public var queueName: String? { json["queue"]?["name"]?.string }
    public var connections: [Connection] {
        (json["connections"]?.array ?? []).compactMap { $0.object.map(Connection.init(json:)) }
    }
    /// The agent's own leg.
    public var agentConnection: Connection? { connections.first { $0.type == .agent } }
    /// The leg that the contact began with: the customer's.
    public var initialConnection: Connection? { connections.first { $0.isInitial } }
    /// Contact attributes by name.
    public var attributes: [String: String] {
        var result: [String: String] = [:]
        for member in json["attributes"]?.object?.members ?? [] { result[member.name] = member.value["value"]?.string }
        return result
    }
}

/// One leg of a contact.
public struct Connection: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    public var connectionId: String? { json["connectionId"]?.string }
    /// Whose leg it is.
    public var type: ConnectionType? { ConnectionType(json["type"]) }
    public var stateType: ConnectionStateType? { ConnectionStateType(json["state"]?["type"]) }
    /// True for the leg that the contact began with.
    public var isInitial: Bool { json["initial"]?.bool ?? false }
    /// The address at its other end.
    public var endpoint: Endpoint? { json["endpoint"]?.object.map(Endpoint.init(json:)) }
}

/// An address: a telephone number, an agent, a queue.
public struct Endpoint: Equatable, Sendable {
    /// Everything that the service sent.
    public var json: JSONObject

    public init(json: JSONObject) { self.json = json }

    /// The number in E.164, for telephones.
    public var phoneNumber: String? { json["phoneNumber"]?.string }
    /// The name, for quick connects.
    public var name: String? { json["name"]?.string }
}
