// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Decides whether a snapshot shows the effect of a call.
struct Confirmation: Equatable {
    /// What the snapshot must show. Plain values, because an idempotency key stores them.
    enum Sign: Equatable {
        /// Any snapshot confirms: the effect is not visible in snapshots.
        case anySnapshot
        /// The requested state, as the current, the next or the chosen one.
        case agentState(arn: String?, name: String?)
        /// These members of the configuration.
        case configuration(JSONObject)
        /// The contact whose id the service returns in its answer.
        case contactOfAnswer
        /// An outbound contact other than these.
        case newOutbound(known: Set<String>)
        /// A sign of the contact with this id.
        case contact(String, ContactSign)
    }

    /// What the snapshot must show of one contact.
    enum ContactSign: Equatable {
        /// The agent has accepted the contact. `rang`: it was incoming before the call (a queue callback), so pending and
        /// connecting also count as accepted.
        case taken(rang: Bool)
        case state(ContactStateType)
        /// It has ended, or is gone.
        case over
        case gone
        case there
        /// A new connection, or the end of the contact: one that cannot have several is transferred as a whole.
        case newConnection(known: Set<String>)
        case connectionState(String, ConnectionStateType)
        case connectionOver(String)
        case muted(String, Bool)
        /// A connection has changed from hold to connected, or the reverse.
        case toggled([String: ConnectionStateType])
        /// No connection but the agent's is on hold.
        case conference
        case monitoring(String)
    }

    let sign: Sign
    /// True if the agent was unknown or showed the sign already before the call. Then only a snapshot counts that was
    /// requested after the service accepted the call.
    let needsSync: Bool

    /// - Parameter before: the agent when the call is made.
    init(_ effect: OperationEffect, _ params: JSON, before: AgentData?) {
        sign = Sign(effect, params, before)
        needsSync = before == nil || sign.isShown(by: before)
    }

    private init(_ sign: Sign, needsSync: Bool) {
        self.sign = sign
        self.needsSync = needsSync
    }

    /// Uses the contact id in the service's answer, if there is one, as a more precise sign.
    func refined(by data: JSON) -> Confirmation {
        let named = data["contactId"]?.string.map { Confirmation(.contact($0, .there), needsSync: needsSync) }
        switch sign {
        case .contactOfAnswer: return named ?? Confirmation(.anySnapshot, needsSync: true)
        case .newOutbound: return named ?? self
        case .anySnapshot, .agentState, .configuration, .contact: return self
        }
    }

    func isShown(by agent: AgentData?) -> Bool { sign.isShown(by: agent) }

    /// The id of the contact that the call has created, if its answer does not name it.
    func newContact(in agent: AgentData?) -> String? {
        guard case .newOutbound(let known) = sign else { return nil }
        return agent?.snapshot.contacts.first { $0.isOutbound && !known.contains($0.contactId ?? "") }?.contactId
    }
}

extension Confirmation.Sign {
    func isShown(by agent: AgentData?) -> Bool {
        if self == .anySnapshot { return true }
        guard let agent else { return false }
        switch self {
        case .anySnapshot: return true
        case .agentState(let arn, let name):
            // If a waiting contact comes at once, the current state is the contact's already.
            let chosen = agent.snapshot.availabilityState
            return [agent.snapshot.state, agent.snapshot.nextState].contains { $0?.isCalled(arn, name) == true }
                || chosen != nil && chosen == name
        case .configuration(let asked): return agent.configuration.has(asked)
        case .contactOfAnswer: return false
        case .newOutbound(let known):
            return agent.snapshot.contacts.contains { $0.isOutbound && !known.contains($0.contactId ?? "") }
        case .contact(let id, let sign): return sign.isShown(by: agent.snapshot.contacts.first { $0.contactId == id })
        }
    }
}

extension Confirmation.ContactSign {
    /// - Parameter contact: nil if the snapshot does not contain it.
    fileprivate func isShown(by contact: ContactData?) -> Bool {
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
        case .monitoring(let mode): contact?.listener?.monitorMode == mode.lowercased()
        }
    }
}
