// SPDX-License-Identifier: Apache-2.0

/// Control steps on one contact.
extension SimulatedInstance {
    mutating func apply(_ step: ControlStep.ContactStep, to id: String) throws(ControlError) {
        if let place = waiting.firstIndex(where: { $0.id == id }) {
            guard step == .customerHangsUp else { throw .conflict("contact '\(id)' waits for the agent") }
            forget(waiting.remove(at: place))
            return
        }
        guard let index = contacts.firstIndex(where: { $0.id == id }) else {
            let known = (contacts + waiting).map(\.id).prefix(10).joined(separator: ", ")
            throw ControlError(
                status: 404, member: "contact",
                message: "no contact '\(id)'; there \(known.isEmpty ? "is none" : "are \(known)")")
        }
        switch step {
        case .customerAccepts:
            guard isCallingCustomer(contacts[index]) else {
                throw stateConflict(index, "the customer is not being called")
            }
            connectCustomer(at: index)
        case .customerHangsUp: try customerHangsUp(at: index)
        case .customerSays(let text): push(.message(text), by: .customer, of: try customerChat(index))
        case .customerTypes: push(.event(.typing), by: .customer, of: try customerChat(index))
        case .customerAcknowledges: push(.event(.acknowledged), by: .customer, of: try customerChat(index))
        case .transferFails:
            let chat = try liveChat(index)
            let line = try thirdParty(at: index, \.isLive)
            push(.event(.transferFailed), by: .system, of: chat)
            disconnect(line, at: index)
        case .previewAccepts:
            guard contacts[index].isPreview, contacts[index].isOffered else {
                throw stateConflict(index, "it is not a ringing preview")
            }
            connectAgent(at: index)
        case .agentMisses:
            guard contacts[index].isOffered else { throw stateConflict(index, "it does not ring at the agent") }
            contacts[index].finish(.missed, at: wallClock)
        case .agentAnswers:
            guard contacts[index].isOffered, !contacts[index].isPreview else {
                throw stateConflict(index, "it does not ring at the agent, or is a preview (preview-accepts)")
            }
            connectAgent(at: index)
        case .thirdPartyAnswers:
            let line = try thirdParty(at: index) { $0.state == .connecting }
            connectThirdParty(contacts[index].connections[line].id, at: index)
        case .thirdPartyHangsUp:
            disconnect(try thirdParty(at: index) { $0.isLive }, at: index)
        case .fails(let reason):
            guard contacts[index].state.isLive else { throw stateConflict(index, "it is over") }
            contacts[index].failure = reason ?? defaultFailure(contacts[index])
            contacts[index].finish(.error, at: wallClock)
        case .supervisor(let step): try supervise(step, at: index)
        }
    }

    private func defaultFailure(_ contact: Contact) -> String {
        if contact.isBeforeAcceptance { return "FailedConnectAgent" }
        return isCallingCustomer(contact) ? "FailedConnectCustomer" : "RealtimeCommunicationError"
    }

    private func stateConflict(_ index: Int, _ why: String) -> ControlError {
        .conflict("contact '\(contacts[index].id)' is \(contacts[index].state.rawValue): \(why)")
    }

    private func thirdParty(
        at index: Int, _ condition: (Connection) -> Bool
    ) throws(ControlError) -> Int {
        let contact = contacts[index]
        guard contact.state == .connected,
            let line = contact.thirdPartyIndices.first(where: { condition(contact.connections[$0]) })
        else { throw stateConflict(index, "it has no third party in that state") }
        return line
    }

    private mutating func customerHangsUp(at index: Int) throws(ControlError) {
        let contact = contacts[index]
        guard let line = contact.customerIndex, contact.state.isLive, contact.connections[line].isLive else {
            throw stateConflict(index, "the customer has left")
        }
        if contact.isBeforeAcceptance {
            contacts[index].finish(.missed, at: wallClock)
        } else if isCallingCustomer(contact) {
            failCustomer(at: index)
        } else {
            if contact.kind == .chat {
                push(.event(.participantLeft), by: .customer, of: contact)
            }
            disconnect(line, at: index)
        }
    }

    private func customerChat(_ index: Int) throws(ControlError) -> Contact {
        let chat = try liveChat(index)
        guard chat.customerConnection?.isLive == true else { throw stateConflict(index, "the customer has left") }
        return chat
    }

    private func liveChat(_ index: Int) throws(ControlError) -> Contact {
        let contact = contacts[index]
        guard contact.kind == .chat, contact.state.isLive else { throw stateConflict(index, "it is not a live chat") }
        return contact
    }
}
