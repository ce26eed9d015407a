import AgentModel
import StreamsProtocol

extension Confirmation.Sign {
    /// The sign that a method was done, told from its parameters and from the agent before it.
    init(_ method: String, _ params: JSON, _ before: Agent?) {
        self = Self.ofAgent(method, params, before) ?? Self.ofContact(method, params, before) ?? .anySnapshot
    }

    private static func ofAgent(_ method: String, _ params: JSON, _ before: Agent?) -> Self? {
        switch method {
        case "putAgentState":
            let state = params["state"]
            guard let name = state?["name"]?.name else { return nil }
            return .agentState(arn: state?["agentStateARN"]?.name, name: name)
        case "updateAgentConfiguration": return configuration(params["configuration"]?.object)
        case "createOutboundContact": return .newOutbound(known: Set(before?.snapshot.contacts.ids ?? []))
        case "createTaskContact": return isForThisAgent(params, before?.configuration) ? .contactOfAnswer : nil
        default: return nil
        }
    }

    private static func ofContact(_ method: String, _ params: JSON, _ before: Agent?) -> Self? {
        guard let id = params["contactId"]?.name else { return nil }
        let contact = before?.snapshot.contacts.first { $0.contactId == id }
        switch method {
        case "acceptContact": return .taken(id, rang: contact?.stateType == .incoming)
        case "rejectContact": return .contactOver(id)
        case "clearContact": return .contactGone(id)
        // What is still worked on may stay for after-contact work.
        case "completeContact", "destroyContact": return contact?.isOver == true ? .contactGone(id) : .contactOver(id)
        case "pauseContact": return .contactState(id, .paused)
        case "resumeContact": return .contactState(id, .connected)
        case "createAdditionalConnection", "addNewConnection":
            return .newConnection(id, known: Set(contact?.connections.compactMap(\.connectionId) ?? []))
        case "toggleActiveConnections": return contact.map { .toggled(id, $0.statesToToggle) }
        case "conferenceConnections": return .conference(id)
        case "updateMonitorParticipantState":
            return params["targetMonitorMode"]?.name.map { .monitoring(id, $0) }
        default: return params["connectionId"]?.name.flatMap { ofConnection(method, id, $0, contact) }
        }
    }

    private static func ofConnection(
        _ method: String, _ contactId: String, _ id: String, _ contact: Contact?
    ) -> Self? {
        switch method {
        case "holdConnection": return .connectionState(contactId, id, .hold)
        case "resumeConnection": return .connectionState(contactId, id, .connected)
        case "destroyConnection": return .connectionOver(contactId, id)
        case "muteParticipant", "unmuteParticipant":
            // A service that does not say who is muted will not say it later either.
            guard contact?.connection(id)?.isMuted != nil else { return nil }
            return .muted(contactId, id, method == "muteParticipant")
        default: return nil
        }
    }

    /// What the service shows of a configuration as it was asked for.
    private static func configuration(_ asked: JSONObject?) -> Self? {
        let names = ["softphoneEnabled", "softphoneAutoAccept", "extension", "agentPreferences"]
        let members = names.compactMap { name in asked?[name].map { (name, $0) } }
        let object = JSONObject(members)
        guard !object.isEmpty, JSON.object(object).encoded.count <= 4096 else { return nil }
        return .configuration(object)
    }

    /// A task for somebody else, for a queue or for later is not to be seen in this agent's snapshot.
    private static func isForThisAgent(_ params: JSON, _ configuration: AgentConfiguration?) -> Bool {
        guard let endpoint = params["endpoint"], endpoint["type"]?.string == "agent",
            (params["scheduledTime"] ?? .null).isNull
        else { return false }
        let arn = endpoint["endpointARN"]?.string
        let login = endpoint["agentLogin"]?.string
        return (arn != nil && arn == configuration?.json["agentARN"]?.string)
            || (login != nil && login == configuration?.username)
    }

    /// Bytes that it holds, more or less.
    var size: Int {
        switch self {
        case .configuration(let asked): 512 + JSON.object(asked).encoded.count
        case .newOutbound(let known), .newConnection(_, let known): 512 + 64 * known.count
        case .toggled(_, let states): 512 + 128 * states.count
        default: 512
        }
    }
}

extension Confirmation {
    var size: Int { sign.size }
}

extension JSON {
    /// A text that can be an id or a name: those of the service are short, and what is longer is not kept.
    fileprivate var name: String? { string.flatMap { $0.utf8.count <= 1024 ? $0 : nil } }
}

extension [Contact] {
    fileprivate var ids: [String] { compactMap(\.contactId) }
}
