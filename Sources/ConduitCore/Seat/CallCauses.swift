// SPDX-License-Identifier: Apache-2.0
import AgentModel
import StreamsProtocol

/// Relates a change of the agent to the call that caused it. A call is a candidate from the request on; after the service has
/// accepted it, until the next snapshot. The change has an author only if exactly one candidate is confirmed by it.
struct CallCauses {
    private struct Candidate {
        let ticket: RequestTicket
        let author: Author
        let effect: OperationEffect
        let contactId: String?
        var confirmation: Confirmation
        var isAccepted = false
        /// True once a change was explained by it.
        var isExplained = false
    }

    /// The cause of a change.
    struct Cause: Equatable {
        let author: Author
        /// The contact whose events it caused; nil for the agent's events.
        let contactId: String?
        /// Other events of the same snapshot have other causes: the customer may have hung up meanwhile.
        let events: Set<DerivedName>

        func explains(_ event: DerivedEvent) -> Bool {
            event.contactId == contactId && events.contains { $0.rawValue == event.name }
        }
    }

    /// More calls than are ever under way: the answers of those beyond are lost.
    private static let limit = 2048

    private var candidates: [Candidate] = []

    /// A client requests a call.
    mutating func asked(
        _ ticket: RequestTicket, _ method: String?, _ params: JSON, by author: Author, before agent: AgentData?
    ) {
        guard let effect = method.flatMap(ServiceOperation.init)?.effect, candidates.count < Self.limit else { return }
        switch effect {
        case .reads, .acts: return
        case .changesAgent, .changesContact, .changesConnection: break
        }
        let confirmation = Confirmation(effect, params, before: agent)
        // What was so before the call, or is never visible, proves nothing.
        guard !confirmation.needsSync, confirmation.sign != .anySnapshot else { return }
        candidates.append(
            Candidate(
                ticket: ticket, author: author, effect: effect, contactId: params["contactId"]?.string,
                confirmation: confirmation))
    }

    mutating func answered(_ ticket: RequestTicket, _ outcome: CallOutcome, _ agent: AgentData?) {
        guard let index = candidates.firstIndex(where: { $0.ticket == ticket }) else { return }
        guard case .success(let data) = outcome, !candidates[index].isExplained else {
            candidates.remove(at: index)
            return
        }
        let confirmation = candidates[index].confirmation.refined(by: data)
        // What the agent shows already, the next change does not prove.
        guard !confirmation.needsSync, !confirmation.isShown(by: agent) else {
            candidates.remove(at: index)
            return
        }
        candidates[index].isAccepted = true
        candidates[index].confirmation = confirmation
    }

    /// The cause of the change to this agent, if it is certain.
    mutating func cause(of agent: AgentData) -> Cause? {
        guard !candidates.isEmpty else { return nil }
        let shown = candidates.filter { !$0.isExplained && $0.confirmation.isShown(by: agent) }
        candidates.removeAll(where: \.isAccepted)
        // A call explains one change: the first snapshot that shows it. Its acceptance may still come.
        for index in candidates.indices where candidates[index].confirmation.isShown(by: agent) {
            candidates[index].isExplained = true
        }
        guard shown.count == 1, let only = shown.first else { return nil }
        return Cause(
            author: only.author, contactId: only.confirmation.contactId(in: agent),
            events: only.effect.events(isNextState: !only.confirmation.isOfPresentState(agent)))
    }

    /// The author of an acceptContact that has just succeeded.
    func acceptor(of contactId: String) -> Author? {
        let found = candidates.filter { $0.contactId == contactId && $0.effect == .changesContact(.taken) }
        return found.count == 1 ? found.first?.author : nil
    }

    mutating func removeAll() { candidates = [] }
}

extension OperationEffect {
    /// The events that tell the effect. Refresh is one only where there is no other: it comes with every snapshot.
    fileprivate func events(isNextState: Bool) -> Set<DerivedName> {
        switch self {
        case .reads, .acts: []
        case .changesAgent(.state):
            isNextState
                ? [.agentEnqueuedNextState] : [.agentStateChange, .agentRoutable, .agentNotRoutable, .agentOffline]
        case .changesAgent(.configuration): [.agentRefresh]
        case .changesAgent(.outboundContact), .changesAgent(.task): [.contactInit, .contactConnecting]
        case .changesContact(let evidence): evidence.events
        case .changesConnection(.over): [.contactRefresh, .contactACW, .contactEnded, .contactMissed]
        case .changesConnection: [.contactRefresh]
        }
    }
}

extension ContactEvidence {
    fileprivate var events: Set<DerivedName> {
        switch self {
        case .taken: [.contactConnected, .contactPending, .contactConnecting]
        case .over: [.contactACW, .contactEnded, .contactMissed]
        case .finished: [.contactACW, .contactEnded, .contactMissed, .contactDestroyed]
        case .gone: [.contactEnded, .contactDestroyed]
        case .resumed: [.contactConnected]
        case .paused, .newConnection, .toggled, .conference, .monitored: [.contactRefresh]
        }
    }
}

extension Confirmation {
    /// False if the sign is the agent's next state.
    fileprivate func isOfPresentState(_ agent: AgentData) -> Bool {
        guard case .agentState(let arn, let name) = sign else { return true }
        return agent.snapshot.state?.isCalled(arn, name) == true
    }

    /// The contact that the sign is about; nil for the agent.
    fileprivate func contactId(in agent: AgentData) -> String? {
        switch sign {
        case .anySnapshot, .agentState, .configuration, .contactOfAnswer: nil
        case .newOutbound: newContact(in: agent)
        case .contact(let id, _): id
        }
    }
}
