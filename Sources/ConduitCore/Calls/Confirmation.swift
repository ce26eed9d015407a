import AgentModel

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
        /// The agent has taken the contact. A queue callback that `rang` then goes on to pending and connecting.
        case taken(String, rang: Bool)
        case contactState(String, ContactStateType)
        /// The contact is over, or not even there any more.
        case contactOver(String)
        case contactGone(String)
        case contactThere(String)
        /// The contact that the service will name in its answer.
        case contactOfAnswer
        /// An outbound contact that is none of these.
        case newOutbound(known: Set<String>)
        /// Another leg of the contact; one that cannot have several legs is handed over whole, and over.
        case newConnection(String, known: Set<String>)
        case connectionState(String, String, ConnectionStateType)
        case connectionOver(String, String)
        case muted(String, String, Bool)
        /// Who was on hold talks, or the other way round.
        case toggled(String, [String: ConnectionStateType])
        /// Nobody is on hold.
        case conference(String)
        case monitoring(String, String)
    }

    let sign: Sign
    /// True if the agent looked like that before the call was made, or was not known: then only a snapshot counts that was
    /// asked for after the service took the call.
    let needsSync: Bool

    /// - Parameter before: the agent when the call is made.
    init(_ method: String, _ params: JSON, before: Agent?) {
        sign = Sign(method, params, before)
        needsSync = before == nil || sign.isShown(by: before)
    }

    private init(_ sign: Sign, needsSync: Bool) {
        self.sign = sign
        self.needsSync = needsSync
    }

    /// The answer may name the contact that was created.
    func refined(by data: JSON?) -> Confirmation {
        let contactId = data?["contactId"]?.string
        switch (sign, contactId) {
        case (.contactOfAnswer, let id?), (.newOutbound, let id?):
            return Confirmation(.contactThere(id), needsSync: needsSync)
        case (.contactOfAnswer, nil): return Confirmation(.anySnapshot, needsSync: true)
        default: return self
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
        default: return isShown(by: agent.snapshot.contacts.first { $0.contactId == self.contactId })
        }
    }

    /// Signs of one contact, which may not be there.
    private func isShown(by contact: Contact?) -> Bool {
        switch self {
        case .contactGone: contact == nil
        case .contactOver: contact?.isOver ?? true
        case .contactThere: contact != nil
        case .taken(_, let rang): contact?.isTaken(rang: rang) ?? false
        case .contactState(_, let type): contact?.stateType == type
        case .newConnection(_, let known):
            contact.map { $0.isOver || $0.hasConnection(besides: known) } ?? true
        case .connectionOver(_, let id):
            contact.map { $0.isOver || ($0.connection(id)?.isOver ?? true) } ?? true
        case .connectionState(_, let id, let type): contact?.connection(id)?.stateType == type
        case .muted(_, let id, let isMuted): contact?.connection(id)?.isMuted == isMuted
        case .toggled(_, let states): contact?.isToggled(from: states) ?? false
        case .conference: contact.map { !$0.others.contains { $0.stateType == .hold } } ?? false
        case .monitoring(_, let mode): contact?.agentConnection?.monitorMode == mode.lowercased()
        default: false
        }
    }

    /// The contact that the sign is about.
    private var contactId: String? {
        switch self {
        case .taken(let id, _), .contactState(let id, _), .contactOver(let id), .contactGone(let id),
            .contactThere(let id), .newConnection(let id, _), .connectionState(let id, _, _),
            .connectionOver(let id, _), .muted(let id, _, _), .toggled(let id, _), .conference(let id),
            .monitoring(let id, _):
            id
        case .anySnapshot, .agentState, .configuration, .contactOfAnswer, .newOutbound: nil
        }
    }
}
