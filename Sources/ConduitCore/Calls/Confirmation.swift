import AgentModel
import StreamsProtocol

/// How a later snapshot shows that a call was done.
struct Confirmation: Equatable {
    /// What has to be seen. Plain values, so that a key can remember them.
    enum Sign: Equatable {
        /// Nothing in particular: the snapshot has no word for what was done.
        case anySnapshot
        /// The state that was asked for, now or next.
        case agentState(arn: String?, name: String?)
        /// Of a configuration: these members.
        case configuration(JSONObject)
        /// The contact that the service will name in its answer.
        case contactOfAnswer
        /// An outbound contact that is none of these.
        case newOutbound(known: Set<String>)
        /// Something of the contact of that id.
        case contact(String, ContactSign)
    }

    /// What has to be seen of one contact.
    enum ContactSign: Equatable {
        /// The agent has taken it. A queue callback that `rang` then goes on to pending and connecting.
        case taken(rang: Bool)
        case state(ContactStateType)
        /// It is over, or not even there any more.
        case over
        case gone
        case there
        /// Another leg; a contact that cannot have several legs is handed over whole, and over.
        case newConnection(known: Set<String>)
        case connectionState(String, ConnectionStateType)
        case connectionOver(String)
        case muted(String, Bool)
        /// Legs that were on hold talk, or the other way round.
        case toggled([String: ConnectionStateType])
        /// No leg is on hold.
        case conference
        case monitoring(String)
    }

    let sign: Sign
    /// True if the agent looked like that before the call was made, or was not known: then only a snapshot counts that was
    /// asked for after the service took the call.
    let needsSync: Bool

    /// - Parameter before: the agent when the call is made.
    init(_ effect: OperationEffect, _ params: JSON, before: Agent?) {
        sign = Sign(effect, params, before)
        needsSync = before == nil || sign.isShown(by: before)
    }

    private init(_ sign: Sign, needsSync: Bool) {
        self.sign = sign
        self.needsSync = needsSync
    }

    /// The answer may name the contact that was created.
    func refined(by data: JSON) -> Confirmation {
        let named = data["contactId"]?.string.map { Confirmation(.contact($0, .there), needsSync: needsSync) }
        switch sign {
        case .contactOfAnswer: return named ?? Confirmation(.anySnapshot, needsSync: true)
        case .newOutbound: return named ?? self
        case .anySnapshot, .agentState, .configuration, .contact: return self
        }
    }

    func isShown(by agent: Agent?) -> Bool { sign.isShown(by: agent) }
}

extension Confirmation.Sign {
    func isShown(by agent: Agent?) -> Bool {
        if self == .anySnapshot { return true }
        guard let agent else { return false }
        switch self {
        case .anySnapshot: return true
        case .agentState(let arn, let name):
            return [agent.snapshot.state, agent.snapshot.nextState].contains { $0?.isCalled(arn, name) == true }
        case .configuration(let asked): return agent.configuration.has(asked)
        case .contactOfAnswer: return false
        case .newOutbound(let known):
            return agent.snapshot.contacts.contains { $0.isOutbound && !known.contains($0.contactId ?? "") }
        case .contact(let id, let sign): return sign.isShown(by: agent.snapshot.contacts.first { $0.contactId == id })
        }
    }
}

extension Confirmation.ContactSign {
    /// - Parameter contact: nil if it is not there.
    fileprivate func isShown(by contact: Contact?) -> Bool {
        switch self {
        case .gone: contact == nil
        case .over: contact?.isOver ?? true
        case .there: contact != nil
        case .taken(let rang): contact?.isTaken(rang: rang) ?? false
        case .state(let type): contact?.stateType == type
        case .newConnection(let known):
            contact.map { $0.isOver || $0.hasConnection(besides: known) } ?? true
        case .connectionOver(let id):
            contact.map { $0.isOver || ($0.connection(id)?.isOver ?? true) } ?? true
        case .connectionState(let id, let type): contact?.connection(id)?.stateType == type
        case .muted(let id, let isMuted): contact?.connection(id)?.isMuted == isMuted
        case .toggled(let states): contact?.isToggled(from: states) ?? false
        case .conference: contact.map { !$0.others.contains { $0.stateType == .hold } } ?? false
        case .monitoring(let mode): contact?.agentConnection?.monitorMode == mode.lowercased()
        }
    }
}
