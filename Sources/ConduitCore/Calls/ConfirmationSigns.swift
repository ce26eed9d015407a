// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

extension Confirmation.Sign {
    /// Derives the sign of an operation's effect from its parameters and the agent before the call.
    init(_ effect: OperationEffect, _ params: JSON, _ before: AgentData?) {
        self = Self.sign(effect, params, before) ?? .anySnapshot
    }

    private static func sign(_ effect: OperationEffect, _ params: JSON, _ before: AgentData?) -> Self? {
        switch effect {
        case .reads, .acts: return nil
        case .changesAgent(let evidence): return sign(evidence, params, before)
        case .changesContact(let evidence):
            return contact(params, before).flatMap { id, contact in
                Confirmation.ContactSign(evidence, params, contact).map { .contact(id, $0) }
            }
        case .changesConnection(let evidence):
            guard let connectionId = params["connectionId"]?.name else { return nil }
            return contact(params, before).flatMap { id, contact in
                Confirmation.ContactSign(evidence, connectionId, contact).map { .contact(id, $0) }
            }
        }
    }

    private static func sign(_ evidence: AgentEvidence, _ params: JSON, _ before: AgentData?) -> Self? {
        switch evidence {
        case .state:
            let state = params["state"]
            return state?["name"]?.name.map { .agentState(arn: state?["agentStateARN"]?.name, name: $0) }
        case .configuration: return configuration(params["configuration"]?.object)
        case .outboundContact: return .newOutbound(known: Set(before?.snapshot.contacts.ids ?? []))
        case .task: return isForThisAgent(params, before?.configuration) ? .contactOfAnswer : nil
        }
    }

    /// The contact that the parameters name, with its state before the call; nil if they name none.
    private static func contact(_ params: JSON, _ before: AgentData?) -> (id: String, contact: ContactData?)? {
        params["contactId"]?.name.map { id in (id, before?.snapshot.contacts.first { $0.contactId == id }) }
    }

    /// The members that the service returns unchanged; nil if there are none or more than 4 KiB of them.
    private static func configuration(_ asked: JSONObject?) -> Self? {
        let names = ["softphoneEnabled", "softphoneAutoAccept", "extension", "agentPreferences"]
        let members = names.compactMap { name in asked?[name].map { (name, $0) } }
        let object = JSONObject(members)
        guard !object.isEmpty, JSON.object(object).encoded.count <= 4096 else { return nil }
        return .configuration(object)
    }

    /// A task for another agent, for a queue or for a later time does not appear in this agent's snapshot.
    private static func isForThisAgent(_ params: JSON, _ configuration: AgentConfiguration?) -> Bool {
        guard let endpoint = params["endpoint"], endpoint["type"]?.string == "agent",
            (params["scheduledTime"] ?? .null).isNull
        else { return false }
        let arn = endpoint["endpointARN"]?.string
        let login = endpoint["agentLogin"]?.string
        return (arn != nil && arn == configuration?.json["agentARN"]?.string)
            || (login != nil && login == configuration?.username)
    }
}

extension Confirmation.ContactSign {
    fileprivate init?(_ evidence: ContactEvidence, _ params: JSON, _ contact: ContactData?) {
        switch evidence {
        case .taken: self = .taken(rang: contact?.stateType == .incoming)
        case .over: self = .over
        case .gone: self = .gone
        case .finished: self = contact?.isOver == true ? .gone : .over
        case .paused: self = .state(.paused)
        case .resumed: self = .state(.connected)
        case .newConnection:
            self = .newConnection(known: Set(contact?.connections.compactMap(\.connectionId) ?? []))
        case .toggled:
            guard let contact else { return nil }
            self = .toggled(contact.statesToToggle)
        case .conference: self = .conference
        case .monitored:
            guard let mode = params["targetMonitorMode"]?.name else { return nil }
            self = .monitoring(mode)
        }
    }

    fileprivate init?(_ evidence: ConnectionEvidence, _ id: String, _ contact: ContactData?) {
        switch evidence {
        case .held: self = .connectionState(id, .hold)
        case .resumed: self = .connectionState(id, .connected)
        case .over: self = .connectionOver(id)
        case .muted, .unmuted:
            // If the service does not report the mute state before the call, it will not report it afterwards.
            guard contact?.connection(id)?.isMuted != nil else { return nil }
            self = .muted(id, evidence == .muted)
        }
    }
}

extension Confirmation {
    /// Approximate memory in bytes.
    var size: Int {
        switch sign {
        case .configuration(let asked): 512 + JSON.object(asked).encoded.count
        case .newOutbound(let known), .contact(_, .newConnection(let known)): 512 + 64 * known.count
        case .contact(_, .toggled(let states)): 512 + 128 * states.count
        case .anySnapshot, .agentState, .contactOfAnswer, .contact: 512
        }
    }
}

extension JSON {
    /// The string, if it is short enough for an id or a name of the service; longer ones are not stored.
    fileprivate var name: String? { string.flatMap { $0.utf8.count <= 1024 ? $0 : nil } }
}

extension [ContactData] {
    fileprivate var ids: [String] { compactMap(\.contactId) }
}
